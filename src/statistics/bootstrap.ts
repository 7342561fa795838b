import { normalCdf, normalQuantile } from './distributions';
import { randomStream } from '#src/models/random';
import { mean, quantile } from './summary';

const RESAMPLES = 10_000;

/**
 * 95 % BCa interval of the mean (bias-corrected and accelerated bootstrap, Efron 1987): 10,000 seeded resamples,
 * acceleration from the jackknife.
 *
 * @param values at least two, not all equal
 */
export function bcaInterval(values: readonly number[], seed: number): [number, number] {
  const n = values.length;
  const random = randomStream(seed);
  const estimate = mean(values);
  const resampled = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let draw = 0; draw < n; draw += 1) sum += values[Math.floor(random() * n)] ?? 0;
    return sum / n;
  }).sort();
  const below = resampled.filter((value) => value < estimate).length;
  const ties = resampled.filter((value) => value === estimate).length;
  const bias = normalQuantile((below + ties / 2) / RESAMPLES);
  // The jackknife of a mean: leaving out x_i moves it by (mean - x_i) / (n - 1), and the factor cancels.
  const moves = values.map((value) => value - estimate);
  const cubes = moves.reduce((sum, move) => sum + move ** 3, 0);
  const squares = moves.reduce((sum, move) => sum + move ** 2, 0);
  const acceleration = cubes / (6 * squares ** 1.5);
  const at = (share: number) => {
    const z = bias + normalQuantile(share);
    return quantile(resampled, normalCdf(bias + z / (1 - acceleration * z)));
  };
  return [at(0.025), at(0.975)];
}
