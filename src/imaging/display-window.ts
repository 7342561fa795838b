import type { Samples } from './volume';

const SAMPLES_LOOKED_AT = 8192;
/** Each goes through the whole image, between the samples of those before it. */
const PASSES = 16;
/** Shares of the values below and above which the window saturates. */
const LOW = 0.01;
const HIGH = 0.995;

/**
 * A display window [low, high] from the image itself: the 1st and the 99.5th percentile of some 8,000 evenly
 * spread samples. `high` is always above `low`.
 */
export function robustWindow(samples: Samples): [number, number] {
  return percentileWindow(spreadSamples(samples));
}

/** Some 8,000 evenly spread samples, without those that are no numbers. */
function spreadSamples(samples: Samples): Float32Array {
  const stride = Math.max(1, Math.floor(samples.length / SAMPLES_LOOKED_AT));
  const picked = new Float32Array(Math.ceil(samples.length / stride));
  let count = 0;
  for (let n = 0; n < samples.length; n += stride) {
    const value = samples[n] ?? 0;
    if (Number.isFinite(value)) picked[count++] = value;
  }
  return picked.subarray(0, count);
}

function percentileWindow(picked: Float32Array): [number, number] {
  const count = picked.length;
  if (count === 0) return [0, 1];
  const sorted = picked.sort();
  const at = (share: number) => sorted[Math.min(count - 1, Math.round(share * (count - 1)))] ?? 0;
  const [low, high] = [at(LOW), at(HIGH)];
  if (high > low) return [low, high];
  const highest = sorted[count - 1] ?? low;
  return [low, highest > low ? highest : low + 1];
}

/**
 * The window that the header asks for (centre and width, DICOM PS3.3 C.11.2.1.2), when it shows anything of the image;
 * otherwise {@link robustWindow}.
 */
export function displayWindow(
  samples: Samples,
  header: { readonly centre: number; readonly width: number } | null,
): [number, number] {
  if (header === null || !(header.width > 0) || !Number.isFinite(header.centre)) return robustWindow(samples);
  const low = header.centre - header.width / 2;
  const high = header.centre + header.width / 2;
  return showsImage(samples, low, high) ? [low, high] : robustWindow(samples);
}

/**
 * Whether more than the darkest 1 % of the samples lie below `high`, and more than the brightest 0.5 % above `low`. Of
 * the samples that {@link spreadSamples} picks a few hundred from all over the image decide it as a rule, and each of
 * them has to be fetched from memory: an import asks this of every volume.
 */
function showsImage(samples: Samples, low: number, high: number): boolean {
  const stride = Math.max(1, Math.floor(samples.length / SAMPLES_LOOKED_AT));
  const most = Math.ceil(samples.length / stride);
  let picked = 0;
  let above = 0;
  let below = 0;
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (let n = pass * stride; n < samples.length; n += PASSES * stride) {
      const value = samples[n] ?? 0;
      if (!Number.isFinite(value)) continue;
      picked += 1;
      if (value > low) above += 1;
      if (value < high) below += 1;
    }
    // Enough even if all that are left were to count against it.
    if (above > (1 - HIGH) * most && below > LOW * most) return true;
  }
  return above > (1 - HIGH) * picked && below > LOW * picked;
}
