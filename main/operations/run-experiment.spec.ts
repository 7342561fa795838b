/** A tiny experiment from plan to result: real trainings of a small network on disks. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { experimentDocument, experimentPlanned } from '#src/contracts/documents/experiment';
import type { ExperimentArm, ExperimentControl } from '#src/contracts/documents/experiment-plan';
import { toFailure } from '#src/contracts/failure';
import { quietContext } from '#main/jobs/context';
import type { HelperProcess, Launcher } from '#main/jobs/launcher';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { builtEntry } from '#main/testing/built-entry';
import { diskProject, TINY_RUN } from '#main/training/testing/disk-project';
import { tensorflowForTests } from '#main/training/testing/tensorflow';
import { compareRun } from './compare';
import { estimateApart } from './experiment-estimating';
import { experimentNames, readPlan } from './experiment-files';
import { writeReportOf } from './experiment-report';
import { experimentStatus } from './experiment-status';
import { draftExperiment, planExperiment } from './plan-experiment';
import { openLockedSet, runExperiment, trainExperiment, type TrainingFinished } from './run-experiment';
import { mergePatients } from './same-person';

const request = {
  name: 'try',
  arms: ['slice', 'scan', 'patient', 'patient+site'] as ExperimentArm[],
  folds: 2,
  repeats: 1,
  seeds: [1],
  locked: 0.34,
  seed: 1,
  probeEvery: 5,
  guardEvery: 3,
  margin: 0.02,
  budget: null,
  controls: ['random-masks'] as ExperimentControl[],
  steps: 60,
  threads: 1,
  config: { ...TINY_RUN, schedule: { learningRate: TINY_RUN.schedule.learningRate } },
};

describe('the plan', () => {
  it('says before anything starts what it will do, how long it takes and which gap it can show', async () => {
    const { project, remove } = await diskProject(7, 2);
    // A draft says the same and keeps nothing.
    const draft = await draftExperiment(project, request);
    expect(await experimentNames(project)).toEqual([]);
    const planned = await planExperiment(project, request, quietContext());
    expect(await experimentNames(project)).toEqual(['try']);
    const { diskBytes, picture, ...forecast } = draft;
    expect(planned).toMatchObject(forecast);
    expect(diskBytes).toBeGreaterThan(10 * 200e3);
    expect(picture.arms.map(({ arm }) => arm)).toEqual(['slice', 'scan', 'patient']);
    expect(v.is(experimentPlanned, planned)).toBe(true);
    expect(planned).toMatchObject({
      trainings: 6 + 4,
      steps: 60,
      design: { developmentPatients: 5, lockedPatients: 2 },
    });
    expect(planned.secondsExpected).toBeGreaterThan(0);
    expect(planned.timeSource).toMatch(/reference machine/u);
    expect(planned.foreseen.smallestDetectableGap).toBeGreaterThan(0.05);
    expect(planned.refused.map(({ what }) => what)).toEqual(['arm patient+site']);
    // The same command twice does no harm; another plan of that name is refused.
    expect((await planExperiment(project, request, quietContext())).file).toBe(planned.file);
    await expect(planExperiment(project, { ...request, steps: 80 }, quietContext())).rejects.toThrow(
      /another plan called "try"/u,
    );
    const text = await readFile(planned.file, 'utf8');
    expect(text).not.toMatch(/Doe|patient 0|4711/u);
    await writeFile(planned.file, text.replace('experiment-plan/1', 'experiment-plan/2'));
    await expect(readPlan(project, 'try')).rejects.toThrow(/newer version/u);
    await writeFile(planned.file, '{"schema":"heldout.experiment-plan/1"}');
    await expect(readPlan(project, 'try')).rejects.toThrow(/is not a plan of an experiment/u);
    await project.close();
    await remove();
  });

  it('refuses what would not be equal in all arms, and names that leave the project', async () => {
    const { project, remove } = await diskProject(4, 2);
    const plan = (more: object) => planExperiment(project, { ...request, ...more }, quietContext());
    await expect(plan({ config: { schedule: { minutes: 2 } } })).rejects.toThrow(/give --steps/u);
    await expect(plan({ config: { seed: 2 } })).rejects.toThrow(/give --seeds/u);
    await expect(plan({ config: { keepLargest: [1] } })).rejects.toThrow(/every piece/u);
    await expect(plan({ name: '../up' })).rejects.toThrow(/no name of an experiment/u);
    await expect(plan({ steps: 0 })).rejects.toThrow(/number of steps/u);
    await expect(experimentStatus(project, 'nothing')).rejects.toThrow(/no experiment called "nothing"/u);
    await project.close();
    await remove();
  });
});

describe.skipIf(!tensorflowForTests())('the experiment', () => {
  let built: Awaited<ReturnType<typeof builtEntry>>;
  let estimates: Awaited<ReturnType<typeof builtEntry>>;
  let temporary: Awaited<ReturnType<typeof diskProject>>;

  beforeAll(async () => {
    built = await builtEntry('main/training/process.ts', 'training');
    estimates = await builtEntry('main/operations/estimates-process.ts', 'estimates');
    temporary = await diskProject(7, 2);
  });
  afterAll(async () => {
    await temporary.project.close();
    await temporary.remove();
    await built.remove();
    await estimates.remove();
  });

  it('stops, goes on, survives a kill, and ends with all estimates and one look at the locked set', async () => {
    const { project } = temporary;
    const planned = await planExperiment(project, request, quietContext());
    const plain = nodeLauncher(built.folder);

    // Stopped cleanly after the second training.
    const stopping = new AbortController();
    const finished: TrainingFinished[] = [];
    const stopped = await runExperiment(
      project,
      'try',
      { signal: stopping.signal, report: () => undefined },
      plain,
      (training) => {
        finished.push(training);
        if (finished.length === 2) stopping.abort();
      },
    ).catch((error: unknown) => toFailure(error));
    expect(stopped).toMatchObject({ code: 'cancelled' });
    expect(finished.map(({ done, of }) => [done, of])).toEqual([
      [1, 10],
      [2, 10],
    ]);
    expect(finished[0]?.heldOutDice).toBeGreaterThan(0);

    const half = await experimentStatus(project, 'try');
    expect(v.is(experimentDocument, half)).toBe(true);
    expect(half).toMatchObject({ done: 2, complete: false, harm: [], looks: [] });
    expect(half.inflation.every(({ statistics }) => statistics === null)).toBe(true);

    // A training process that is killed with SIGKILL: the experiment says so, and goes on from there.
    const killed: HelperProcess[] = [];
    const killing: Launcher = {
      launch: (...args) => {
        const child = plain.launch(...args);
        if (args[1][0] === 'train' && killed.length === 0) {
          killed.push(child);
          child.onMessage(() => {
            child.kill();
          });
        }
        return child;
      },
    };
    await expect(runExperiment(project, 'try', quietContext(), killing)).rejects.toThrow(
      /ended early.*Run the experiment again/u,
    );

    const again: string[] = [];
    const result = await runExperiment(project, planned.file, quietContext(), plain, ({ training }) => {
      again.push(training);
    });
    expect(again).toHaveLength(10);
    expect(v.is(experimentDocument, result)).toBe(true);
    expect(result).toMatchObject({ complete: true, done: 10 });
    // Equal cost: every training has the same slices and the same steps.
    expect(new Set(result.trainings.map(({ slices }) => slices))).toEqual(new Set([result.design.budget]));
    expect(new Set(result.trainings.map(({ step }) => step))).toEqual(new Set([60]));
    expect(result.inflation.map(({ arm, n }) => [arm, n])).toEqual([
      ['slice', 5],
      ['scan', 5],
    ]);
    expect(result.inflation[0]?.statistics?.verdict.code).toBe('too-few');
    expect(result.honesty.map(({ n }) => n)).toEqual([
      [5, 2],
      [5, 2],
      [5, 2],
    ]);
    expect(result.harm.map(({ n }) => n)).toEqual([2, 2]);
    expect(result.tau?.n).toBe(5);
    expect(result.ladder.map(({ level, n }) => [level, n])).toMatchObject([
      ['L0', 5],
      ['L1', 5],
      ['L2', 0],
      ['L3', expect.any(Number)],
      ['L4', 5],
      ['L5', 2],
    ]);
    expect(result.controls.map(({ control, arm, complete }) => [control, arm, complete])).toEqual([
      ['random-masks', 'slice', true],
      ['random-masks', 'patient', true],
    ]);
    expect(result.looks).toMatchObject([{ run: 'try', kind: 'first' }]);
    for (const { run } of result.trainings)
      expect(existsSync(join(project.runFolder(run), 'predictions', 'development'))).toBe(false);

    // Asking how far it is is no look; asking for the locked set is.
    expect((await experimentStatus(project, 'try')).looks).toHaveLength(1);
    const looked = await experimentStatus(project, 'try', 'curious');
    expect(looked.looks.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['first', 'all models of the experiment scored'],
      ['again', 'curious'],
    ]);
    expect(looked.harm).toEqual(result.harm);

    // The report lies with its tables and its plan, and is a look.
    const file = join(temporary.root, 'try.html');
    const written = await writeReportOf(project, 'try', file, quietContext(), plain);
    expect(written.map((path) => path.slice(temporary.root.length + 1))).toEqual([
      'try.html',
      'try.patients.csv',
      'try.estimates.csv',
      'try.plan.json',
    ]);
    expect(await readFile(file, 'utf8')).not.toMatch(/Doe\b|patient 0|4711|NaN/u);
    expect(await readFile(join(temporary.root, 'try.plan.json'), 'utf8')).toBe(
      await readFile(planned.file, 'utf8'),
    );
    expect((await experimentStatus(project, 'try')).looks.at(-1)).toMatchObject({ reason: 'report written' });

    const [training] = result.trainings;
    await expect(compareRun(project, training?.run ?? '', quietContext(), plain)).rejects.toThrow(
      /a training of the experiment try/u,
    );
  });

  it('a second experiment on the same locked patients is a second look after a change of the model', async () => {
    const { project } = temporary;
    const changed = {
      ...request,
      name: 'other',
      arms: ['patient'] as ExperimentArm[],
      controls: [],
      steps: 20,
    };
    const planned = await planExperiment(project, changed, quietContext());
    expect(planned.timeSource).toMatch(/measured by the run x-try-/u);
    const launcher = nodeLauncher(built.folder);
    const apart = estimateApart(nodeLauncher(estimates.folder));
    const open = (reason: string) => openLockedSet(project, 'other', reason, quietContext(), launcher, apart);
    await expect(open('too early')).rejects.toThrow(/stays shut until every training is done/u);
    const plan = await readPlan(project, 'other');
    await trainExperiment(project, plan, quietContext(), launcher, () => undefined);
    await expect(open(' ')).rejects.toThrow(/what the locked set is opened for/u);
    // A process of its own gives the same, and nobody has looked at the locked set yet.
    const shut = await experimentStatus(project, 'other', null, apart);
    expect(shut).toEqual(await experimentStatus(project, 'other'));
    expect(shut).toMatchObject({ complete: true, honesty: [] });
    expect(shut.looks.map(({ run }) => run)).not.toContain('other');
    const { looks, tau, honesty } = await open('does it hold for new patients');
    expect(tau?.n).toBe(5);
    expect(honesty.map(({ n }) => n)).toEqual([[5, 2]]);
    expect(looks.at(-1)?.reason).toBe('does it hold for new patients');
    expect(looks.map(({ run, kind }) => [run, kind])).toEqual([
      ['try', 'first'],
      ['try', 'again'],
      ['try', 'again'],
      ['other', 'after-change'],
    ]);
  });

  it('patients who were merged since stop it with a sentence', async () => {
    const { project } = temporary;
    const [keep = '', other = ''] = project.registry.patients().map(({ patient }) => patient);
    mergePatients(project, keep, other);
    await expect(runExperiment(project, 'try', quietContext(), nodeLauncher(built.folder))).rejects.toThrow(
      /found to be one person after "try" was planned/u,
    );
    // What it has shown before is marked as leaking.
    const { tau, inflation, harm } = await experimentStatus(project, 'try', 'after the merge');
    for (const estimate of [tau, ...inflation, ...harm])
      expect(estimate?.statistics?.verdict).toMatchObject({
        code: 'leak',
        sentence: expect.stringMatching(/found to be one person/u) as string,
      });
  });
});
