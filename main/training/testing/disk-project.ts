import { createSplit } from '#main/operations/splits';
import { gridOf, newScan, temporaryProject } from '#main/store/testing/temporary-project';
import { normal, randomStream, uniform } from '#src/models/random';
import { voxelCount, type Dims } from '#src/imaging/geometry';

const DIMS: Dims = [32, 32, 6];

/** A bright disk of random place and size on noise in every slice, and its mask (label 1). */
function diskScan(seed: number, dims: Dims = DIMS): { samples: Int16Array; labels: Uint8Array } {
  const random = randomStream(seed);
  const [nx, ny, nz] = dims;
  const samples = new Int16Array(voxelCount(dims));
  const labels = new Uint8Array(voxelCount(dims));
  const [x, y] = [uniform(random, 0.35, 0.65) * nx, uniform(random, 0.35, 0.65) * ny];
  const radius = uniform(random, 0.15, 0.25) * nx;
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++) {
        const inside = Math.hypot(i - x, j - y) < radius;
        const voxel = (k * ny + j) * nx + i;
        samples[voxel] = 100 + (inside ? 150 : 0) + 20 * normal(random);
        labels[voxel] = inside ? 1 : 0;
      }
  return { samples, labels };
}

/** One scan with its mask, i fastest. */
export interface MadeScan {
  readonly dims: Dims;
  readonly samples: Int16Array | Float32Array;
  readonly labels: Uint8Array;
}

/** A scan of a disk, and its mask. */
export function madeDisk(seed: number, dims: Dims = DIMS): MadeScan {
  return { dims, ...diskScan(seed, dims) };
}

/**
 * A project of `patients` patients with `scansEach` disk scans each (time positions of one series), split by patient
 * ("by-patient", two folds).
 */
export async function diskProject(patients = 4, scansEach = 1) {
  return projectOf(
    Array.from({ length: patients }, (_, patient) =>
      Array.from({ length: scansEach }, (_, phase) => madeDisk(patient + 1 + 1000 * phase)),
    ),
  );
}

/** A project of patients with one given scan each, split by patient ("by-patient", two folds). */
export async function scanProject(scans: readonly MadeScan[]) {
  return projectOf(scans.map((scan) => [scan]));
}

async function projectOf(patients: readonly (readonly MadeScan[])[]) {
  const temporary = await temporaryProject();
  const { project } = temporary;
  for (const [patient, scans] of patients.entries())
    for (const [phase, { dims, samples, labels }] of scans.entries()) {
      const geometry = gridOf(dims);
      const voxels = await project.voxels.put({ samples, geometry });
      const { added } = project.registry.addScans([
        newScan(voxels, geometry, {
          patientKey: `patient ${patient}`,
          identity: {},
          study: { uid: `1.2.${patient}` },
          series: { uid: `1.2.${patient}.1`, description: 'disks', modality: 'MR' },
          phase,
          sourcePath: `${patient}.nii.gz`,
        }),
      ]);
      for (const scan of added) await project.masks.save(scan.id, labels, { status: 'done' });
    }
  createSplit(project, {
    name: 'by-patient',
    plan: { design: 'patient', folds: 2, heldOut: null, locked: 0, seed: 1 },
  });
  return temporary;
}

/** Overrides for a run that trains in seconds. */
export const TINY_RUN = {
  model: { base: 4, depth: 2 },
  patch: [32, 32],
  batch: 4,
  schedule: { stepsPerEpoch: 20, learningRate: 5e-3 },
} as const;
