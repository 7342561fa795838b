import type { Samples } from '#src/imaging/volume';
import type { DisplayWindow } from './base-layer';

/** Samples looked at: enough for stable percentiles, few enough to take no time. */
const LOOKED_AT = 50_000;

/** The window from the 1st to the 99.5th percentile of the samples from `start` on, `count` of them. */
export function autoWindow(samples: Samples, start = 0, count = samples.length): DisplayWindow {
  const step = Math.max(1, Math.floor(count / LOOKED_AT));
  const picked = new Float64Array(Math.ceil(count / step));
  for (let at = 0, from = start; at < picked.length; at += 1, from += step) picked[at] = samples[from] ?? 0;
  picked.sort();
  const at = (share: number) => picked[Math.round(share * (picked.length - 1))] ?? 0;
  const [low, high] = [at(0.01), at(0.995)];
  return high > low ? { low, high } : { low, high: low + 1 };
}
