/** Scans that nobody would train on by choice: each trains, or is refused with a sentence that names it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { quietContext } from '#main/jobs/context';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { readVoxelFile } from '#main/store/voxel-file';
import { builtEntry } from '#main/testing/built-entry';
import { madeDisk, scanProject, TINY_RUN, type MadeScan } from '#main/training/testing/disk-project';
import { tensorflowForTests } from '#main/training/testing/tensorflow';
import type { Dims } from '#src/imaging/geometry';
import { predictScans } from './predict';
import { readLog, startRun } from './training';

const context = quietContext();
const request = { split: 'by-patient', fold: 0, epochs: 1, threads: 1, probeEvery: 3, config: TINY_RUN };
const disks = [madeDisk(1), madeDisk(2), madeDisk(3)];

function constant(dims: Dims, value: number, label: number): MadeScan {
  const voxels = dims[0] * dims[1] * dims[2];
  return { dims, samples: new Int16Array(voxels).fill(value), labels: new Uint8Array(voxels).fill(label) };
}

describe.skipIf(!tensorflowForTests())('a training on', () => {
  let built: Awaited<ReturnType<typeof builtEntry>>;
  let temporary: Awaited<ReturnType<typeof scanProject>> | null = null;

  beforeAll(async () => {
    built = await builtEntry('main/training/process.ts', 'training');
  });
  afterAll(() => built.remove());
  afterEach(async () => {
    await temporary?.project.close();
    await temporary?.remove();
    temporary = null;
  });

  /** Trains a moment on the side of each fold and predicts every scan; the labels found in the predictions. */
  async function trainAndPredict(scans: readonly MadeScan[]): Promise<Set<number>> {
    temporary = await scanProject(scans);
    const { project } = temporary;
    const launcher = nodeLauncher(built.folder);
    const found = new Set<number>();
    for (const fold of [0, 1]) {
      const { finished } = await startRun(project, { ...request, fold }, context, launcher);
      const run = await finished;
      expect(run).toMatchObject({ state: 'done', reason: null });
      for (const { loss } of await readLog(project, run.id)) expect(Number.isFinite(loss)).toBe(true);
      const names = project.registry.scans().map(({ scan }) => scan);
      const paths = await predictScans(project, run.id, names, context, launcher);
      for (const name of names) {
        const { samples, geometry } = await readVoxelFile(paths.get(name) ?? '');
        expect(geometry).toEqual(project.registry.scanNamed(name).geometry);
        for (const label of samples) found.add(label);
      }
    }
    return found;
  }

  it('an image of one value goes on', async () => {
    await trainAndPredict([...disks, constant([32, 32, 6], 7, 1)]);
  });

  it('scans of one slice goes on', async () => {
    await trainAndPredict([1, 2, 3, 4].map((seed) => madeDisk(seed, [32, 32, 1])));
  });

  it('a scan of one voxel goes on', async () => {
    await trainAndPredict([...disks, constant([1, 1, 1], 5, 1)]);
  });

  it('a slice of 4096 x 4096 goes on', async () => {
    await trainAndPredict([...disks, madeDisk(4, [4096, 4096, 1])]);
  });

  it('label 255 learns it and predicts it', async () => {
    const marked = [1, 2, 3, 4].map((seed) => {
      const disk = madeDisk(seed);
      return { ...disk, labels: disk.labels.map((label) => 255 * label) };
    });
    const found = await trainAndPredict(marked);
    expect([...found].every((label) => label === 0 || label === 255)).toBe(true);
  });

  it('masks without a label is refused before anything starts', async () => {
    temporary = await scanProject(disks.map((disk) => ({ ...disk, labels: disk.labels.map(() => 0) })));
    const { project } = temporary;
    const started = startRun(project, request, context, nodeLauncher(built.folder));
    await expect(started).rejects.toThrow(/nothing painted/u);
    expect(project.registry.runs()).toEqual([]);
  });

  it('voxels that are no numbers fails with a sentence that names the scan', async () => {
    const broken = disks.map(({ dims, samples, labels }) => {
      const values = Float32Array.from(samples);
      values[100] = Number.NaN;
      values[101] = Number.POSITIVE_INFINITY;
      return { dims, samples: values, labels };
    });
    temporary = await scanProject(broken);
    const { finished } = await startRun(temporary.project, request, context, nodeLauncher(built.folder));
    const failed = await finished;
    expect(failed.state).toBe('failed');
    expect(failed.reason).toMatch(/2 voxels of .+ are no numbers.*import it again/u);
  });
});
