/**
 * Proves that a training may be killed at any moment: a child trains in a project, and either the child or its training
 * process is killed at a random moment, again and again, each time going on from the last checkpoint. The project must
 * open, the run must be resumable every time, and in the end its weights must be those of an undisturbed run, bit by bit
 * (one thread). Prints one line of JSON; ends with 1 when anything was lost.
 *
 *   node bench/run.mjs kill-training [--times 50] [--seed 1] [--epochs 500]
 */
import { join } from 'node:path';
import * as v from 'valibot';
import { quietContext } from '#main/jobs/context';
import type { Launcher } from '#main/jobs/launcher';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { openProject } from '#main/operations/open-project';
import { resumeRun, startRun } from '#main/operations/training';
import { fileKeyVault } from '#main/store/key-vault';
import type { Project } from '#main/store/project';
import { readModelFile } from '#main/training/model-file';
import { runFiles } from '#main/training/run-folder';
import { diskProject, TINY_RUN } from '#main/training/testing/disk-project';
import { integerBelow, randomStream, uniform } from '#src/models/random';
import { childArguments, say, startChild, untilKilled } from './support/killed-child';
import { numberArgument } from './support/numbers';

/** A child is killed at most this long (ms) after it says that it has begun: some die before their first step. */
const LONGEST_MS = 3500;

const message = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('training'), pid: v.number() }),
  v.object({ type: v.literal('ended'), state: v.string(), step: v.number() }),
]);

/** 20 steps each; enough of them that the run outlives the last kill. */
function request(epochs: number) {
  return { split: 'by-patient', fold: 0, epochs, seed: 1, threads: 1, config: TINY_RUN } as const;
}

/** The child: goes on with the project's last run, or starts the first. */
async function train(folder: string, keys: string, epochs: number): Promise<void> {
  say({ type: 'ready' });
  const project = await openProject(folder, fileKeyVault(keys));
  const inner = nodeLauncher();
  const launcher: Launcher = {
    launch(...args) {
      const helper = inner.launch(...args);
      // A trial of the engine that is killed says that the engine does not work: the run would be another one.
      const [, [task]] = args;
      if (task !== 'test') say({ type: 'training', pid: helper.pid ?? 0 });
      return helper;
    },
  };
  const [run] = project.registry.runs().filter(({ state }) => state !== 'done');
  const { finished } =
    run === undefined
      ? await startRun(project, request(epochs), quietContext(), launcher)
      : await resumeRun(project, run.id, quietContext(), launcher);
  const { state, step } = await finished;
  say({ type: 'ended', state, step });
  await project.close();
}

async function weightsOf(project: Project, run: string): Promise<Buffer> {
  const { state } = await readModelFile(runFiles(project.runFolder(run)).weights);
  return Buffer.concat([state.weights, state.statistics].map((part) => Buffer.from(part.buffer)));
}

async function main(): Promise<void> {
  const times = numberArgument('times', 50);
  const epochs = numberArgument('epochs', 500);
  const random = randomStream(numberArgument('seed', 1));
  const { project, folder, root, remove } = await diskProject();
  const keys = join(root, 'keys');
  try {
    const undisturbed = await startRun(project, request(epochs), quietContext(), nodeLauncher());
    const reference = (await undisturbed.finished).id;
    await project.close();
    const problems: string[] = [];
    const steps: number[] = [];
    let kills = 0;
    let killedInside = 0;
    while (kills < times && problems.length === 0) {
      const inside = integerBelow(random, 2) === 0;
      const moment = uniform(random, 0, LONGEST_MS);
      let timer: NodeJS.Timeout | null = null;
      const ended: { state: string; step: number }[] = [];
      const { killed } = await untilKilled(
        startChild([folder, keys, String(epochs)]),
        inside ? null : moment,
        (line) => {
          const said = v.parse(message, line);
          if (said.type === 'ended') ended.push(said);
          if (said.type === 'training' && inside)
            timer = setTimeout(() => {
              // It may have ended by itself a moment ago.
              try {
                process.kill(said.pid, 'SIGKILL');
              } catch {
                return;
              }
            }, moment);
        },
      );
      if (timer !== null) clearTimeout(timer);
      const end = ended.at(-1);
      if (end?.state === 'done') break;
      if (!killed && end?.state !== 'failed') problems.push(`a child ended as ${JSON.stringify(end)}`);
      kills += 1;
      if (inside) killedInside += 1;
      const opened = await openProject(folder, fileKeyVault(keys));
      const run = opened.registry.runs().find(({ id }) => id !== reference);
      if (run !== undefined) {
        if (run.state !== 'stopped' && run.state !== 'failed') problems.push(`the run is ${run.state}`);
        steps.push(run.step);
      }
      await opened.close();
    }
    await untilKilled(startChild([folder, keys, String(epochs)]), null, () => undefined);
    const opened = await openProject(folder, fileKeyVault(keys));
    const run = opened.registry.runs().find(({ id }) => id !== reference);
    const same =
      run?.state === 'done' && (await weightsOf(opened, run.id)).equals(await weightsOf(opened, reference));
    if (!same) problems.push(`the weights differ from an undisturbed run's (${run?.state})`);
    await opened.close();
    for (const problem of problems) console.error(problem);
    console.log(
      JSON.stringify({ name: 'kill-training', kills, killedInside, sameWeights: same, stepsAtKill: steps }),
    );
    if (problems.length > 0 || kills < times) process.exitCode = 1;
  } finally {
    await remove();
  }
}

const [folder, keys, epochs] = childArguments() ?? [];
if (folder === undefined || keys === undefined) await main();
else await train(folder, keys, Number(epochs));
