import { readFileSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { quietContext } from '#main/jobs/context';
import type { HelperProcess, Launcher } from '#main/jobs/launcher';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { readNifti } from '#main/nifti/read-nifti';
import { writeNifti } from '#main/nifti/write-nifti';
import { readVoxelFile } from '#main/store/voxel-file';
import { builtEntry } from '#main/testing/built-entry';
import { smallDisk } from '#main/testing/small-disk';
import { readModelFile } from '#main/training/model-file';
import { multipliesBfloat16, readCpuInfo } from '#main/training/processor';
import { runFiles } from '#main/training/run-folder';
import { diskProject, TINY_RUN } from '#main/training/testing/disk-project';
import { killingTrials } from '#main/training/testing/killing-trials';
import { tensorflowForTests } from '#main/training/testing/tensorflow';
import type { LogRecord } from '#src/contracts/documents/run';
import { predictPaths, predictScans } from './predict';
import { readLog, resumeRun, settleInterruptedRuns, startRun, stopRun } from './training';

const context = quietContext();

describe.skipIf(!tensorflowForTests())('training', () => {
  let built: Awaited<ReturnType<typeof builtEntry>>;
  let temporary: Awaited<ReturnType<typeof diskProject>>;

  beforeAll(async () => {
    built = await builtEntry('main/training/process.ts', 'training');
  });
  afterAll(() => built.remove());
  beforeEach(async () => {
    temporary = await diskProject();
  });
  afterEach(async () => {
    await temporary.project.close();
    await temporary.remove();
  });

  /** Keeps hold of the processes it starts, so that a test can kill them. */
  function spyingLauncher(): { launcher: Launcher; last: () => HelperProcess } {
    const inner = nodeLauncher(built.folder);
    let last: HelperProcess | null = null;
    return {
      launcher: { launch: (...args) => (last = inner.launch(...args)) },
      last: () => {
        if (last === null) throw new Error('nothing was started');
        return last;
      },
    };
  }
  const request = (epochs: number) => ({
    split: 'by-patient',
    fold: 0,
    epochs,
    threads: 1,
    config: TINY_RUN,
  });
  const weightsOf = async (run: string) =>
    (await readModelFile(runFiles(temporary.project.runFolder(run)).weights)).state;

  // The first one: bfloat16 that has passed its self-test is not tried again in this process.
  it.skipIf(!multipliesBfloat16(readCpuInfo()))(
    'keeps with the run why it is slower than it could be',
    async () => {
      const { project } = temporary;
      const launcher = killingTrials(nodeLauncher(built.folder));
      const { record, finished } = await startRun(project, request(1), context, launcher);
      const done = await finished;
      expect(done).toMatchObject({ state: 'done', precision: 'float32', reason: null });
      expect(record.fallback).toContain('when bfloat16 was tried');
      expect(project.registry.run(record.id)).toEqual(done);
      expect(done.fallback).toBe(record.fallback);
    },
  );

  it('learns the disks, logs both sides and predicts in the scan’s own grid', async () => {
    const { project } = temporary;
    const launcher = nodeLauncher(built.folder);
    const seen: LogRecord[] = [];
    const { record, finished } = await startRun(project, request(8), context, launcher, (_, line) => {
      seen.push(line);
    });
    expect(record.state).toBe('running');
    const done = await finished;
    expect(done).toMatchObject({ state: 'done', step: 160, reason: null });
    const log = await readLog(project, record.id);
    expect(log).toEqual(seen);
    expect(log.at(-1)).toMatchObject({ step: 160, epoch: 8 });
    expect(log.at(-1)?.dice?.heldOut['1']).toBeGreaterThan(0.9);
    expect(log.at(-1)?.dice?.seen['1']).toBeGreaterThan(0.9);
    expect(log.at(-1)?.loss).toBeLessThan((log[0]?.loss ?? 0) / 2);

    const names = project.registry.scans().map(({ scan }) => scan);
    const paths = await predictScans(project, record.id, names, context, launcher);
    for (const name of names) {
      const scan = project.registry.scanNamed(name);
      const prediction = await readVoxelFile(paths.get(name) ?? '');
      expect(prediction.geometry).toEqual(scan.geometry);
      const labels = (await project.masks.labels(scan.id)) ?? new Uint8Array();
      let both = 0;
      let total = 0;
      labels.forEach((label, voxel) => {
        both += 2 * Number(label === 1 && prediction.samples[voxel] === 1);
        total += Number(label === 1) + Number(prediction.samples[voxel] === 1);
      });
      expect(both / total).toBeGreaterThan(0.9);
    }
  });

  it('lets the runs of several folds vote, and shows where they disagree', async () => {
    const { project, root } = temporary;
    const launcher = nodeLauncher(built.folder);
    const runs: string[] = [];
    for (const fold of [0, 1]) {
      const { finished } = await startRun(project, { ...request(3), fold }, context, launcher);
      runs.push((await finished).id);
    }
    const input = join(root, 'input');
    await mkdir(input);
    const { voxels } = project.registry.scans()[0] ?? { voxels: '' };
    const scan = await project.voxels.get(voxels);
    await writeNifti(join(input, 'disk.nii.gz'), scan);
    const predict = (chosen: readonly string[], name: string) =>
      predictPaths(project, chosen, [input], join(root, name), context, launcher);
    const samples = async (...path: string[]) =>
      (await readNifti(join(root, ...path))).volumes[0]?.samples ?? [];

    const { agreement, files } = await predict(runs, 'both');
    expect(files).toEqual(['disk.nii.gz']);
    expect(agreement).toMatchObject([{ file: 'disk.nii.gz', disagreement: 'disagreement/disk.nii.gz' }]);
    expect(agreement?.[0]?.dice['1']).toBeGreaterThan(0.5);
    // Of two the first decides; where they differ, half of them see it otherwise.
    expect((await predict(runs.slice(0, 1), 'first')).agreement).toBeUndefined();
    expect(await samples('both', 'disk.nii.gz')).toEqual(await samples('first', 'disk.nii.gz'));
    const disagreement = await samples('both', 'disagreement', 'disk.nii.gz');
    expect(disagreement).toHaveLength(scan.samples.length);
    expect([...new Set(disagreement)].sort()).toEqual([0, 0.5]);
    await expect(predict([...runs, runs[0] ?? ''], 'twice')).rejects.toThrow('named twice');
  });

  it('ends with the same weights however often it is killed', async () => {
    const { project } = temporary;
    const { launcher, last } = spyingLauncher();
    const undisturbed = await startRun(project, request(40), context, launcher);
    expect((await undisturbed.finished).state).toBe('done');

    const disturbed = await startRun(project, request(40), context, launcher);
    let { finished } = disturbed;
    const steps: number[] = [];
    for (const [index, wait] of [900, 1700, 2300].entries()) {
      await delay(wait);
      last().kill();
      const killed = await finished;
      if (killed.state === 'done') break;
      expect(killed.state).toBe('failed');
      expect(killed.reason).toContain('resume');
      steps.push(killed.step);
      expect(steps.length).toBe(index + 1);
      ({ finished } = await resumeRun(project, killed.id, context, launcher));
    }
    expect((await finished).state).toBe('done');
    const a = await weightsOf(undisturbed.record.id);
    const b = await weightsOf(disturbed.record.id);
    expect(Buffer.from(b.weights.buffer).equals(Buffer.from(a.weights.buffer))).toBe(true);
    expect(Buffer.from(b.statistics.buffer).equals(Buffer.from(a.statistics.buffer))).toBe(true);
    const log = await readLog(project, disturbed.record.id);
    expect(log.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, epoch) => 20 * (epoch + 1)));
  });

  it('stops with a checkpoint and goes on', async () => {
    const { project } = temporary;
    const launcher = nodeLauncher(built.folder);
    let heard: () => void = () => undefined;
    const first = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const { record, finished } = await startRun(project, request(2000), context, launcher, () => {
      heard();
    });
    await first;
    await expect(resumeRun(project, record.id, context, launcher)).rejects.toThrow('under way');
    await stopRun(project, record.id);
    const stopped = await finished;
    expect(stopped.state).toBe('stopped');
    const files = runFiles(project.runFolder(record.id));
    expect((await readModelFile(files.checkpoint)).header.step).toBe(stopped.step);
    expect(stopped.step).toBeGreaterThan(0);

    const controller = new AbortController();
    const resumed = await resumeRun(
      project,
      record.id,
      { signal: controller.signal, report: () => undefined },
      launcher,
      () => {
        controller.abort();
      },
    );
    const again = await resumed.finished;
    expect(again.state).toBe('stopped');
    expect(again.step).toBeGreaterThan(stopped.step);
    expect(again.seconds).toBeGreaterThan(stopped.seconds);
  });

  it('fails with a sentence when the loss is no longer a number, and keeps the last checkpoint', async () => {
    const { project } = temporary;
    const config = { ...TINY_RUN, schedule: { stepsPerEpoch: 20, learningRate: 1e30 } };
    const launcher = nodeLauncher(built.folder);
    const { finished } = await startRun(project, { ...request(5), config }, context, launcher);
    const failed = await finished;
    expect(failed.state).toBe('failed');
    expect(failed.reason).toContain('no longer a number');
  });

  it('says so when the disk is full, keeps the last checkpoint and goes on when there is room', async () => {
    const { project, root } = temporary;
    const launcher = nodeLauncher(built.folder);
    const controller = new AbortController();
    const stopping = { signal: controller.signal, report: () => undefined };
    const first = await startRun(project, request(2000), stopping, launcher, () => {
      controller.abort();
    });
    const stopped = await first.finished;
    const folder = project.runFolder(stopped.id);
    const { checkpoint } = runFiles(folder);
    const before = await readFile(checkpoint);

    const small = join(root, 'small');
    await mkdir(small);
    // Room for the checkpoint that is there, not for a second one beside it.
    const size = Math.round(before.length * 1.5);
    const unmount = smallDisk(small, size);
    if (unmount === null) return;
    try {
      await cp(folder, small, { recursive: true });
      await rename(folder, `${folder}-elsewhere`);
      await symlink(small, folder);
      const { finished } = await resumeRun(project, stopped.id, context, launcher);
      const failed = await finished;
      expect(failed.state).toBe('failed');
      expect(failed.reason).toContain('The disk is full');
      expect(failed.reason).toContain(`step ${stopped.step} is kept`);
      expect((await readFile(checkpoint)).equals(before)).toBe(true);
    } finally {
      unmount();
    }
    await rm(folder);
    await rename(`${folder}-elsewhere`, folder);
    const again = new AbortController();
    const resumed = await resumeRun(
      project,
      stopped.id,
      { signal: again.signal, report: () => undefined },
      launcher,
      () => {
        again.abort();
      },
    );
    expect((await resumed.finished).step).toBeGreaterThan(stopped.step);
  });

  it('refuses before anything starts', async () => {
    const { project } = temporary;
    const launcher = nodeLauncher(built.folder);
    const start = (change: object) =>
      startRun(project, { ...request(1), ...change }, context, launcher).then(() => 'started');
    await expect(start({ fold: 7 })).rejects.toThrow('no fold 7');
    await expect(start({ split: 'nothing' })).rejects.toThrow('nothing');
    await expect(start({ config: { speed: 3 } })).rejects.toThrow('speed');
    await expect(start({ config: { ...TINY_RUN, patch: [30, 32] } })).rejects.toThrow('multiple of 4');
    await expect(start({ backend: 'wasm' })).rejects.toThrow('not built in');
    expect(project.registry.runs()).toEqual([]);
  });

  it('marks runs that a crash left running', async () => {
    const { project } = temporary;
    const launcher = nodeLauncher(built.folder);
    const { record, finished } = await startRun(project, request(1), context, launcher);
    await finished;
    project.registry.updateRun(record.id, { state: 'running' });
    expect(settleInterruptedRuns(project).map(({ id }) => id)).toEqual([record.id]);
    expect(project.registry.run(record.id).state).toBe('stopped');
    const config: unknown = JSON.parse(readFileSync(runFiles(project.runFolder(record.id)).config, 'utf8'));
    expect(config).toMatchObject({
      schema: 'heldout.run/1',
      batch: 4,
      patch: [32, 32],
      threads: 1,
      keepLargest: [1],
    });
  });
});
