import * as nifti from 'nifti-reader-js';
import { HeldoutError } from '#src/contracts/failure';
import { flipLpsRas, voxelCount, type Affine, type Dims, type Geometry } from '#src/imaging/geometry';
import type { Volume } from '#src/imaging/volume';
import { bytesPerVoxel, decodeSamples } from './nifti-samples';
import type { NiftiImage } from './read-nifti';

type Header = nifti.NIFTI1 | nifti.NIFTI2;

const HEADER_BYTES = 544;
const NIFTI1_BYTES = 348;
const NIFTI2_BYTES = 540;
/** Where srow_x begins, and the size of its numbers. */
const SFORM = { nifti1: 280, nifti2: 400 };
const METRES = 1;
const MICROMETRES = 3;

/**
 * Parses unpacked NIfTI bytes. See readNifti for what comes out.
 *
 * @param name for the sentences
 */
export function parseNifti(bytes: Uint8Array, name: string): NiftiImage {
  // nifti-reader-js takes whole buffers. A copy by the constructor: slice() of Node's Buffer is a view of its pool.
  const isWhole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  const buffer = (isWhole ? bytes.buffer : new Uint8Array(bytes).buffer) as ArrayBuffer;
  const header = headerOf(buffer, name);
  const dims = dimsOf(header, name);
  const count = voxelCount(dims);
  const volumes = volumeCount(header, name);
  if (!Number.isFinite(header.vox_offset))
    throw new HeldoutError('input', `${name} is damaged: its header does not say where its voxels begin.`);
  const start = Math.max(Math.floor(header.vox_offset), header instanceof nifti.NIFTI2 ? 544 : 352);
  const expected = count * volumes * bytesPerVoxel(header, name);
  if (buffer.byteLength - start < expected)
    throw new HeldoutError(
      'input',
      `${name} is cut off: ${Math.max(0, buffer.byteLength - start)} of ${expected} bytes of its voxels are there. ` +
        'Copy it again from its source.',
    );
  const geometry: Geometry = {
    dims,
    affine: affineOf(header, buffer, name),
    calibrated: hasVoxelSize(header),
  };
  const read = decodeSamples(header, buffer, start, count * volumes, name);
  return {
    volumes: Array.from({ length: volumes }, (_, phase): Volume => ({
      // A slice, not a view: each volume is handed on by itself.
      samples: volumes === 1 ? read : read.slice(phase * count, (phase + 1) * count),
      geometry,
    })),
    twoDimensional: dims[2] === 1,
    description: header.description.replace(/\0.*$/su, '').trim(),
  };
}

/**
 * Bytes that an image takes unpacked, as its header says.
 *
 * @param head at least the header's bytes, or all there are
 * @throws HeldoutError `input` when the header cannot be read
 */
export function bytesNamed(head: Uint8Array, name: string): number {
  const header = headerOf(new Uint8Array(head).buffer, name);
  const voxels = voxelCount(dimsOf(header, name)) * volumeCount(header, name);
  const start = Number.isFinite(header.vox_offset) ? Math.max(0, header.vox_offset) : 0;
  return start + voxels * bytesPerVoxel(header, name);
}

function headerOf(buffer: ArrayBuffer, name: string): Header {
  // The header alone: the reader would also walk the extensions, and their lengths are often wrong.
  const head = buffer.slice(0, HEADER_BYTES);
  try {
    if (nifti.isNIFTI(head))
      return nifti.readHeader(head.slice(0, nifti.isNIFTI2(head) ? NIFTI2_BYTES : NIFTI1_BYTES));
  } catch {
    throw new HeldoutError('input', `${name} is damaged: its NIfTI header cannot be read.`);
  }
  throw new HeldoutError('input', `${name} is no NIfTI image: .nii and .nii.gz files are read here.`);
}

function dimsOf(header: Header, name: string): Dims {
  const [axes = 0, nx = 1, ny = 1, nz = 1] = header.dims;
  const dims: Dims = [nx, axes >= 2 ? ny : 1, axes >= 3 ? nz : 1];
  if (axes < 1 || axes > 7 || dims.some((n) => !Number.isInteger(n) || n < 1))
    throw new HeldoutError('input', `${name} is damaged: its header names a matrix of ${dims.join(' x ')}.`);
  return dims;
}

function volumeCount(header: Header, name: string): number {
  const [axes = 0, , , , time = 1, ...rest] = header.dims;
  if (rest.slice(0, Math.max(0, axes - 4)).some((n) => n > 1))
    throw new HeldoutError(
      'input',
      `${name} has more than four dimensions: only volumes over time are read.`,
    );
  return axes >= 4 ? Math.max(1, time) : 1;
}

function hasVoxelSize(header: Header): boolean {
  if (header.sform_code > 0) return true;
  return [1, 2, 3]
    .slice(0, Math.max(2, header.dims[0] ?? 3))
    .every((axis) => (header.pixDims[axis] ?? 0) !== 0);
}

/** Affine to LPS millimetres: sform, else qform, else the voxel sizes (NIfTI-1 methods 3, 2, 1). */
function affineOf(header: Header, buffer: ArrayBuffer, name: string): Affine {
  const unit = header.xyzt_units & 7;
  const scale = unit === METRES ? 1000 : unit === MICROMETRES ? 0.001 : 1;
  const rows =
    header.sform_code > 0
      ? sformOf(header, buffer)
      : header.qform_code > 0
        ? header.getQformMat().slice(0, 3)
        : sizesOf(header);
  const ras = [...rows.flat().map((value) => value * scale), 0, 0, 0, 1];
  const columns = [0, 1, 2].map((axis) => Math.hypot(ras[axis] ?? 0, ras[4 + axis] ?? 0, ras[8 + axis] ?? 0));
  if (ras.length !== 16 || !ras.every(Number.isFinite) || columns.some((mm) => mm === 0))
    throw new HeldoutError('input', `${name} is damaged: its header gives no usable position in space.`);
  return flipLpsRas(ras);
}

/** Read here: the reader prefers a qform with a higher code, which no other program does. */
function sformOf(header: Header, buffer: ArrayBuffer): number[][] {
  const view = new DataView(buffer);
  const isVersion2 = header instanceof nifti.NIFTI2;
  const at = (index: number) =>
    isVersion2
      ? view.getFloat64(SFORM.nifti2 + index * 8, header.littleEndian)
      : view.getFloat32(SFORM.nifti1 + index * 4, header.littleEndian);
  return [0, 4, 8].map((row) => [0, 1, 2, 3].map((column) => at(row + column)));
}

function sizesOf(header: Header): number[][] {
  const size = (axis: number) => Math.abs(header.pixDims[axis] ?? 0) || 1;
  return [
    [size(1), 0, 0, 0],
    [0, size(2), 0, 0],
    [0, 0, size(3), 0],
  ];
}
