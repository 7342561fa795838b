import { incompleteBeta, logGamma, solve } from './special-functions';

/** Distribution function of Student's t. `df` may be fractional (Welch). */
export function studentCdf(t: number, df: number): number {
  const tail = 0.5 * incompleteBeta(df / (df + t * t), df / 2, 0.5);
  return t > 0 ? 1 - tail : tail;
}

/** Quantile of Student's t, 0 < p < 1. */
export function studentQuantile(p: number, df: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentQuantile(1 - p, df);
  let high = 2;
  while (studentCdf(high, df) < p) high *= 2;
  return solve((t) => studentCdf(t, df), p, 0, high);
}

/** Distribution function of the standard normal, accurate in both tails. */
export function normalCdf(x: number): number {
  return x < 0 ? 0.5 * complementaryError(-x / Math.SQRT2) : 1 - 0.5 * complementaryError(x / Math.SQRT2);
}

/** Quantile of the standard normal, 0 < p < 1. */
export function normalQuantile(p: number): number {
  return solve(normalCdf, p, -40, 40);
}

/** erfc(x) for x >= 0: series near zero, continued fraction (Lentz) beyond. */
function complementaryError(x: number): number {
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 200; n += 1) {
      term *= -(x * x) / n;
      sum += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 120; n > 0; n -= 1) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + fraction));
}

/**
 * Power of a two-sided one-sample t test at level .05: the share of samples in which |t| exceeds its critical value
 * when the true mean is `noncentrality` standard errors from zero (non-central t, integrated over the chi
 * distribution of the standard deviation).
 */
export function powerOfT(noncentrality: number, df: number): number {
  const critical = studentQuantile(0.975, df);
  const logDensity = (u: number) =>
    Math.LN2 + (df / 2) * Math.log(df / 2) - logGamma(df / 2) + (df - 1) * Math.log(u) - (df * u * u) / 2;
  // u = s / sigma has mean about 1 and standard deviation about 1 / sqrt(2 df).
  const reach = 12 / Math.sqrt(2 * df);
  const [low, high] = [Math.max(1e-9, 1 - reach), 1 + reach + (df < 5 ? 8 : 0)];
  const intervals = 600;
  const step = (high - low) / intervals;
  let sum = 0;
  for (let at = 0; at <= intervals; at += 1) {
    const u = low + at * step;
    const weight = at === 0 || at === intervals ? 1 : at % 2 === 1 ? 4 : 2;
    const rejected = 1 - normalCdf(critical * u - noncentrality) + normalCdf(-critical * u - noncentrality);
    sum += weight * Math.exp(logDensity(u)) * rejected;
  }
  return (sum * step) / 3;
}

/** How many standard errors the true mean must be from zero for a power of .80 (two-sided .05). */
export function detectableNoncentrality(df: number): number {
  return solve((noncentrality) => powerOfT(noncentrality, df), 0.8, 0, 200);
}
