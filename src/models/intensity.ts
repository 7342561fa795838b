/** How the samples of one volume become the network's input: clip to [low, high], then subtract and divide. */
export interface IntensityScale {
  readonly low: number;
  readonly high: number;
  /** Mean and standard deviation of the clipped samples. */
  readonly mean: number;
  readonly deviation: number;
}

/** Entries of the table from clipped sample to network input. */
export const INTENSITY_STEPS = 2048;

/** Quantiles at which the samples of a volume are clipped. */
export const INTENSITY_CLIP = [0.005, 0.995] as const;
/** More samples than this are thinned evenly before quantiles, mean and deviation are taken. */
export const MOST_SAMPLES = 200_000;

/**
 * Robust scale of one volume: clip at the 0.5 % and 99.5 % quantiles (nnU-Net's bounds, Isensee et al. 2021), then
 * z-score. Large volumes are thinned evenly; the result depends on the samples only.
 */
export function intensityScale(samples: ArrayLike<number>): IntensityScale {
  const stride = Math.max(1, Math.floor(samples.length / MOST_SAMPLES));
  const thinned = new Float64Array(Math.ceil(samples.length / stride));
  for (let index = 0; index < thinned.length; index++) thinned[index] = samples[index * stride] ?? 0;
  thinned.sort();
  const quantile = (share: number) => thinned[Math.round(share * (thinned.length - 1))] ?? 0;
  const low = quantile(INTENSITY_CLIP[0]);
  const high = quantile(INTENSITY_CLIP[1]);
  let sum = 0;
  let squares = 0;
  for (const value of thinned) {
    const clipped = Math.min(high, Math.max(low, value));
    sum += clipped;
    squares += clipped * clipped;
  }
  const mean = sum / thinned.length;
  const deviation = Math.sqrt(Math.max(0, squares / thinned.length - mean * mean));
  return { low, high, mean, deviation: deviation > 0 ? deviation : 1 };
}

/** Changes of brightness, contrast and gamma of one training sample. */
export interface IntensityChange {
  readonly gamma: number;
  readonly contrast: number;
  readonly brightness: number;
}

export const NO_INTENSITY_CHANGE: IntensityChange = { gamma: 1, contrast: 1, brightness: 0 };

/**
 * Table from (sample - low) / (high - low), in steps of 1 / (INTENSITY_STEPS - 1), to the network's input: gamma on the
 * unit interval, z-score, contrast, brightness (the latter in standard deviations).
 */
export function intensityTable(scale: IntensityScale, change: IntensityChange): Float32Array {
  const range = scale.high - scale.low;
  return Float32Array.from({ length: INTENSITY_STEPS }, (_, step) => {
    const unit = step / (INTENSITY_STEPS - 1);
    const bent = change.gamma === 1 ? unit : unit ** change.gamma;
    return ((scale.low + range * bent - scale.mean) / scale.deviation) * change.contrast + change.brightness;
  });
}
