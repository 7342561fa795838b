import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { axisStep, flipLpsRas, type Geometry } from '#src/imaging/geometry';
import { dot, length } from '#src/imaging/vectors';
import { sampleTypeOf, type SampleType, type Volume } from '#src/imaging/volume';
import { writeFileAtomic } from '#main/store/atomic-file';
import { quaternionOf } from './quaternion';

const HEADER_BYTES = 352;
const SCANNER = 1;
const MILLIMETRES_AND_SECONDS = 2 | 8;

const DATATYPES: Readonly<Record<SampleType, { code: number; bits: number }>> = {
  uint8: { code: 2, bits: 8 },
  int16: { code: 4, bits: 16 },
  float32: { code: 16, bits: 32 },
  uint16: { code: 512, bits: 16 },
};

/**
 * Writes a volume as NIfTI-1, gzipped when the name ends in `.gz`. The sform holds the affine (RAS millimetres, exactly
 * the volume's voxel order); the qform says the same where the axes are at right angles, as it must be to be expressible.
 * The file appears whole or not at all.
 *
 * @throws HeldoutError `resource` when the disk is full
 */
export async function writeNifti(path: string, volume: Volume): Promise<void> {
  const { samples } = volume;
  const voxels = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const header = encodeNiftiHeader(volume.geometry, sampleTypeOf(samples));
  if (!path.endsWith('.gz')) {
    await writeFileAtomic(path, [header, voxels]);
    return;
  }
  const whole = Buffer.concat([header, voxels]);
  await writeFileAtomic(path, await promisify(gzip)(whole, { level: 6 }));
}

/** The 348 bytes of a NIfTI-1 header and the 4 that say: no extensions. */
function encodeNiftiHeader(geometry: Geometry, type: SampleType): Uint8Array {
  const bytes = Buffer.alloc(HEADER_BYTES);
  const { code, bits } = DATATYPES[type];
  bytes.writeInt32LE(348, 0);
  bytes.writeUInt8('r'.charCodeAt(0), 38);
  [3, ...geometry.dims, 1, 1, 1, 1].forEach((n, index) => bytes.writeInt16LE(n, 40 + index * 2));
  bytes.writeInt16LE(code, 70);
  bytes.writeInt16LE(bits, 72);
  bytes.writeFloatLE(HEADER_BYTES, 108);
  bytes.writeFloatLE(1, 112);
  bytes.writeUInt8(MILLIMETRES_AND_SECONDS, 123);
  bytes.write('Heldout', 148, 'latin1');
  const ras = flipLpsRas(geometry.affine);
  const steps = ([0, 1, 2] as const).map((axis) => length(axisStep(geometry, axis)));
  const quaternion = isRightAngled(geometry) ? quaternionOf(ras) : null;
  [quaternion?.handedness ?? 1, ...steps, 1, 1, 1, 1].forEach((mm, index) =>
    bytes.writeFloatLE(mm, 76 + index * 4),
  );
  bytes.writeInt16LE(quaternion === null ? 0 : SCANNER, 252);
  bytes.writeInt16LE(SCANNER, 254);
  (quaternion?.parameters ?? [0, 0, 0]).forEach((value, index) => bytes.writeFloatLE(value, 256 + index * 4));
  [3, 7, 11].forEach((at, index) => bytes.writeFloatLE(ras[at] ?? 0, 268 + index * 4));
  ras.slice(0, 12).forEach((value, index) => bytes.writeFloatLE(value, 280 + index * 4));
  bytes.write('n+1\0', 344, 'latin1');
  return bytes;
}

function isRightAngled(geometry: Geometry): boolean {
  const steps = ([0, 1, 2] as const).map((axis) => axisStep(geometry, axis));
  return steps.every((a, n) =>
    steps.slice(n + 1).every((b) => Math.abs(dot(a, b)) <= 1e-4 * length(a) * length(b)),
  );
}
