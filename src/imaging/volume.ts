import type { Geometry } from './geometry';

/** Sample types that a voxel file may hold. `uint8` is for masks (labels 0 to 255). */
export type SampleType = 'int16' | 'uint16' | 'float32' | 'uint8';

export type Samples = Int16Array | Uint16Array | Float32Array | Uint8Array;

/** The image of one scan: samples in i-fastest order and the grid that they fill. */
export interface Volume {
  readonly samples: Samples;
  readonly geometry: Geometry;
}

/** The name of the array's sample type. */
export function sampleTypeOf(samples: Samples): SampleType {
  if (samples instanceof Int16Array) return 'int16';
  if (samples instanceof Uint16Array) return 'uint16';
  if (samples instanceof Float32Array) return 'float32';
  return 'uint8';
}

/** A view of the bytes (native little-endian) as samples; `buffer` must be aligned to the sample size. */
export function samplesFrom(
  type: SampleType,
  buffer: ArrayBufferLike,
  byteOffset: number,
  count: number,
): Samples {
  switch (type) {
    case 'int16':
      return new Int16Array(buffer, byteOffset, count);
    case 'uint16':
      return new Uint16Array(buffer, byteOffset, count);
    case 'float32':
      return new Float32Array(buffer, byteOffset, count);
    case 'uint8':
      return new Uint8Array(buffer, byteOffset, count);
  }
}
