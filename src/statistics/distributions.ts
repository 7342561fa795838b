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
  return powerOver(spreads(df), noncentrality);
}

/** Values that the standard deviation may take in a sample, times the critical t, each with its share of the samples. */
type Spreads = readonly { readonly limit: number; readonly share: number }[];

function spreads(df: number): Spreads {
  const critical = studentQuantile(0.975, df);
  const constant = Math.LN2 + (df / 2) * Math.log(df / 2) - logGamma(df / 2);
  // u = s / sigma has mean about 1 and standard deviation about 1 / sqrt(2 df).
  const reach = 12 / Math.sqrt(2 * df);
  const [low, high] = [Math.max(1e-9, 1 - reach), 1 + reach + (df < 5 ? 8 : 0)];
  const intervals = 600;
  const step = (high - low) / intervals;
  return Array.from({ length: intervals + 1 }, (_, at) => {
    const u = low + at * step;
    const weight = at === 0 || at === intervals ? 1 : at % 2 === 1 ? 4 : 2;
    const density = Math.exp(constant + (df - 1) * Math.log(u) - (df * u * u) / 2);
    return { limit: critical * u, share: (weight * density * step) / 3 };
  }).filter(({ share }) => share > NEGLIGIBLE);
}

/** A share of the samples that moves no digit of a power. */
const NEGLIGIBLE = 1e-16;
/** Standard deviations beyond which no sample lies. */
const FAR = 9;

function powerOver(values: Spreads, noncentrality: number): number {
  let sum = 0;
  for (const { limit, share } of values) {
    sum += share * normalCdf(noncentrality - limit);
    if (limit + noncentrality < FAR) sum += share * normalCdf(-limit - noncentrality);
  }
  return sum;
}

/** How many standard errors the true mean must be from zero for a power of .80 (two-sided .05). */
export function detectableNoncentrality(df: number): number {
  const known = detectable.get(df);
  if (known !== undefined) return known;
  const values = spreads(df);
  const found = solve((noncentrality) => powerOver(values, noncentrality), 0.8, 0, 200);
  // Welch's degrees of freedom never come again; a number of patients does, hundreds of times in an experiment.
  if (Number.isInteger(df)) detectable.set(df, found);
  return found;
}

/** What {@link detectableNoncentrality} has found so far, by degrees of freedom. */
const detectable = new Map<number, number>();
