/** What a set of per-patient values comes to; undefined values are left out and counted. */
export interface Summary {
  n: number;
  undefined: number;
  mean: number | null;
  median: number | null;
  /** First and third quartile, linear interpolation between ranks. */
  iqr: [number, number] | null;
}

/** Mean of at least one value. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation (n - 1) of at least two values; exactly 0 when all are equal. */
export function standardDeviation(values: readonly number[]): number {
  if (values.every((value) => value === values[0])) return 0;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** Quantile of ascending values, linear interpolation between ranks (numpy's default, R's type 7). */
export function quantile(ascending: Readonly<ArrayLike<number>>, share: number): number {
  const rank = share * (ascending.length - 1);
  const low = ascending[Math.floor(rank)] ?? Number.NaN;
  const high = ascending[Math.ceil(rank)] ?? Number.NaN;
  return low + (high - low) * (rank - Math.floor(rank));
}

/** n, mean, median and quartiles of the defined values, and how many were not defined. */
export function summarise(values: readonly (number | null)[]): Summary {
  const defined = values.filter((value) => value !== null).sort((a, b) => a - b);
  const n = defined.length;
  if (n === 0) return { n, undefined: values.length, mean: null, median: null, iqr: null };
  return {
    n,
    undefined: values.length - n,
    mean: mean(defined),
    median: quantile(defined, 0.5),
    iqr: [quantile(defined, 0.25), quantile(defined, 0.75)],
  };
}
