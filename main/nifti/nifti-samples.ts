import { NIFTI1, type NIFTI2 } from 'nifti-reader-js';
import { HeldoutError } from '#src/contracts/failure';
import { narrowed } from '#src/imaging/stored-values';
import type { Samples } from '#src/imaging/volume';

type Stored = Samples | Int8Array | Int32Array | Uint32Array | Float64Array;

/**
 * The voxels of a NIfTI file as samples, scl_slope and scl_inter applied (a slope of 0 or none means: not scaled).
 *
 * @throws HeldoutError `input` for colour and complex voxels
 */
export function decodeSamples(
  header: NIFTI1 | NIFTI2,
  buffer: ArrayBuffer,
  start: number,
  count: number,
  name: string,
): Samples {
  const stored = storedVoxels(header, buffer, start, count, name);
  const { scl_slope: slope, scl_inter: intercept } = header;
  const isScaled =
    Number.isFinite(slope) && slope !== 0 && Number.isFinite(intercept) && (slope !== 1 || intercept !== 0);
  if (isScaled) {
    const scaled = new Float32Array(count);
    for (let n = 0; n < count; n++) scaled[n] = (stored[n] ?? 0) * slope + intercept;
    return Number.isInteger(slope) && Number.isInteger(intercept) ? narrowed(scaled) : scaled;
  }
  if (stored instanceof Int8Array) return Int16Array.from(stored);
  if (stored instanceof Int32Array || stored instanceof Uint32Array)
    return narrowed(Float32Array.from(stored));
  if (stored instanceof Float64Array) {
    const single = Float32Array.from(stored);
    return header.datatypeCode === NIFTI1.TYPE_FLOAT64 ? single : narrowed(single);
  }
  return stored;
}

function storedVoxels(
  header: NIFTI1 | NIFTI2,
  buffer: ArrayBuffer,
  start: number,
  count: number,
  name: string,
): Stored {
  const make = formatOf(header, name);
  // A copy: the voxels must be aligned, and a swap must not touch what the caller holds.
  const bytes = buffer.slice(start, start + count * make.size);
  if (!header.littleEndian && make.size > 1) {
    const swapped = Buffer.from(bytes);
    if (make.size === 2) swapped.swap16();
    else if (make.size === 4) swapped.swap32();
    else swapped.swap64();
  }
  return make.view(bytes);
}

/**
 * Bytes of a stored voxel, by its type: the number of bits in the header may be another.
 *
 * @throws HeldoutError `input` for colour and complex voxels
 */
export function bytesPerVoxel(header: NIFTI1 | NIFTI2, name: string): number {
  return formatOf(header, name).size;
}

function formatOf(header: NIFTI1 | NIFTI2, name: string): StoredAs {
  const format = STORED.get(header.datatypeCode);
  if (format === undefined)
    throw new HeldoutError(
      'input',
      `${name} holds ${header.getDatatypeCodeString(header.datatypeCode)} voxels: only grey images are read.`,
    );
  return format;
}

interface StoredAs {
  readonly size: number;
  readonly view: (bytes: ArrayBuffer) => Stored;
}

const STORED: ReadonlyMap<number, StoredAs> = new Map<number, StoredAs>([
  [NIFTI1.TYPE_UINT8, { size: 1, view: (bytes) => new Uint8Array(bytes) }],
  [NIFTI1.TYPE_INT8, { size: 1, view: (bytes) => new Int8Array(bytes) }],
  [NIFTI1.TYPE_INT16, { size: 2, view: (bytes) => new Int16Array(bytes) }],
  [NIFTI1.TYPE_UINT16, { size: 2, view: (bytes) => new Uint16Array(bytes) }],
  [NIFTI1.TYPE_INT32, { size: 4, view: (bytes) => new Int32Array(bytes) }],
  [NIFTI1.TYPE_UINT32, { size: 4, view: (bytes) => new Uint32Array(bytes) }],
  [NIFTI1.TYPE_FLOAT32, { size: 4, view: (bytes) => new Float32Array(bytes) }],
  [NIFTI1.TYPE_FLOAT64, { size: 8, view: (bytes) => new Float64Array(bytes) }],
  [NIFTI1.TYPE_INT64, { size: 8, view: (bytes) => Float64Array.from(new BigInt64Array(bytes), Number) }],
  [NIFTI1.TYPE_UINT64, { size: 8, view: (bytes) => Float64Array.from(new BigUint64Array(bytes), Number) }],
]);
