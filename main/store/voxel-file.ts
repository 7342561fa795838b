import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as v from 'valibot';
import { HeldoutError } from '#src/contracts/failure';
import { voxelCount } from '#src/imaging/geometry';
import { sampleTypeOf, samplesFrom, type Volume } from '#src/imaging/volume';
import { writeFileAtomic } from './atomic-file';

/**
 * `.hvx`, version 1: `HVX1`, uint32 length of the header, the header as JSON padded with spaces so that the samples
 * begin at a multiple of 16, then the samples, little-endian, i fastest. Affine: LPS millimetres, row-major.
 */
const MAGIC = 'HVX1';
const ALIGNMENT = 16;

const headerSchema = v.object({
  version: v.literal(1),
  dims: v.tuple([v.number(), v.number(), v.number()]),
  affine: v.pipe(v.array(v.number()), v.length(16)),
  calibrated: v.boolean(),
  sampleType: v.picklist(['int16', 'uint16', 'float32', 'uint8']),
});

/** The header and the samples of a voxel file; together they are its content. */
export function encodeVoxelFile(volume: Volume): [header: Uint8Array, samples: Uint8Array] {
  const { samples, geometry } = volume;
  const json = JSON.stringify({
    version: 1,
    dims: geometry.dims,
    affine: geometry.affine,
    calibrated: geometry.calibrated,
    sampleType: sampleTypeOf(samples),
  });
  const unpadded = 8 + Buffer.byteLength(json);
  const padded = Math.ceil(unpadded / ALIGNMENT) * ALIGNMENT;
  const header = Buffer.alloc(padded, ' ');
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt32LE(padded - 8, 4);
  header.write(json, 8);
  return [header, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)];
}

/**
 * Reads a voxel file whole.
 *
 * @throws HeldoutError `input` when it is damaged or of a newer version, `not-found` when it is missing
 */
export async function readVoxelFile(path: string): Promise<Volume> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new HeldoutError(
        'not-found',
        `The voxel file ${basename(path)} is missing: restore the project from a backup.`,
      );
    throw error;
  }
  return decodeVoxelFile(bytes, basename(path));
}

function decodeVoxelFile(bytes: Buffer, name: string): Volume {
  const damaged = () =>
    new HeldoutError(
      'input',
      `The voxel file ${name} is damaged: restore the project from a backup, or import the scan again.`,
    );
  if (bytes.length < 8 || bytes.toString('latin1', 0, 3) !== 'HVX') throw damaged();
  if (bytes.toString('latin1', 0, 4) !== MAGIC)
    throw new HeldoutError(
      'input',
      `The voxel file ${name} was written by a newer version of Heldout: open it with that one.`,
    );
  const length = bytes.readUInt32LE(4);
  if (8 + length > bytes.length) throw damaged();
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  } catch {
    throw damaged();
  }
  const header = v.safeParse(headerSchema, json);
  if (!header.success) throw damaged();
  const { dims, affine, calibrated, sampleType } = header.output;
  const count = voxelCount(dims);
  const size = { int16: 2, uint16: 2, float32: 4, uint8: 1 }[sampleType];
  if (bytes.length !== 8 + length + count * size) throw damaged();
  // Buffers from a pool are not aligned; large ones are, and then nothing is copied.
  const start = bytes.byteOffset + 8 + length;
  const aligned = start % ALIGNMENT === 0;
  const samples = aligned
    ? samplesFrom(sampleType, bytes.buffer, start, count)
    : samplesFrom(sampleType, bytes.buffer.slice(start, start + count * size), 0, count);
  return { samples, geometry: { dims, affine, calibrated } };
}

/** Writes a voxel file atomically. @throws HeldoutError `resource` when the disk is full */
export async function writeVoxelFile(path: string, volume: Volume): Promise<void> {
  await writeFileAtomic(path, encodeVoxelFile(volume));
}
