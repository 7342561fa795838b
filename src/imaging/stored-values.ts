import type { Samples } from './volume';

/** How a pixel is stored: DICOM's Bits Allocated, Bits Stored, High Bit and Pixel Representation. */
export interface StoredFormat {
  readonly bitsAllocated: 8 | 16 | 32;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
}

/** Stored value to real value: slope x stored + intercept. */
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
}

/**
 * The smallest sample type that holds every value the slices could have: an integer type when all slopes are 1 and the
 * intercepts whole, float32 otherwise (also when the slices are scaled differently).
 */
export function sampleTypeFor(slices: readonly (StoredFormat & Rescale)[]): 'int16' | 'uint16' | 'float32' {
  let low = 0;
  let high = 0;
  for (const { bitsStored, signed, slope, intercept } of slices) {
    if (slope !== 1 || !Number.isInteger(intercept)) return 'float32';
    low = Math.min(low, (signed ? -(2 ** (bitsStored - 1)) : 0) + intercept);
    high = Math.max(high, 2 ** (signed ? bitsStored - 1 : bitsStored) - 1 + intercept);
  }
  if (low >= -32768 && high <= 32767) return 'int16';
  return low >= 0 && high <= 65535 ? 'uint16' : 'float32';
}

/**
 * Writes one slice of stored pixels (little-endian) as real values into `target` from `offset` on. Bits outside Bits
 * Stored (overlays, junk) are masked and the sign is extended.
 */
export function fillSlice(
  target: Samples,
  offset: number,
  count: number,
  bytes: Uint8Array,
  format: StoredFormat & Rescale,
): void {
  const { bitsAllocated, bitsStored, highBit, signed, slope, intercept } = format;
  const stored = storedView(bytes, count, bitsAllocated, signed);
  if (bitsStored === bitsAllocated && slope === 1 && intercept === 0) {
    target.set(stored, offset);
    return;
  }
  // Bring the stored bits to the top of a 32-bit word and back: masks above and below, and extends the sign.
  const up = 31 - highBit;
  const down = 32 - bitsStored;
  if (signed)
    for (let n = 0; n < count; n++)
      target[offset + n] = (((stored[n] ?? 0) << up) >> down) * slope + intercept;
  else
    for (let n = 0; n < count; n++)
      target[offset + n] = (((stored[n] ?? 0) << up) >>> down) * slope + intercept;
}

function storedView(bytes: Uint8Array, count: number, bits: 8 | 16 | 32, signed: boolean) {
  if (bits === 8)
    return signed ? new Int8Array(bytes.buffer, bytes.byteOffset, count) : bytes.subarray(0, count);
  const size = bits / 8;
  const isAligned = bytes.byteOffset % size === 0;
  const buffer = isAligned ? bytes.buffer : bytes.slice(0, count * size).buffer;
  const start = isAligned ? bytes.byteOffset : 0;
  if (bits === 16)
    return signed ? new Int16Array(buffer, start, count) : new Uint16Array(buffer, start, count);
  return signed ? new Int32Array(buffer, start, count) : new Uint32Array(buffer, start, count);
}

/**
 * Float samples as an integer type when every value is whole and fits, else as they are: a wide stored format often
 * holds a narrow range.
 */
export function narrowed(samples: Float32Array): Samples {
  let low = 0;
  let high = 0;
  for (const value of samples) {
    if (!Number.isInteger(value)) return samples;
    if (value < low) low = value;
    else if (value > high) high = value;
  }
  if (low >= -32768 && high <= 32767) return Int16Array.from(samples);
  return low >= 0 && high <= 65535 ? Uint16Array.from(samples) : samples;
}
