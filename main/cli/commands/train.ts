import { readFile } from 'node:fs/promises';
import { HeldoutError } from '#src/contracts/failure';
import type { RunRecord } from '#src/registry/records';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { resumeRun, startRun } from '#main/operations/training';
import type { Command } from '../command';
import { projectOption, withProject } from '../project-option';

/** A config file as an object. @throws HeldoutError `usage` that names the file */
export async function readConfig(file: string): Promise<object> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    throw new HeldoutError('usage', `${file} is no JSON file that can be read.`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new HeldoutError('usage', `${file} must hold one JSON object.`);
  return parsed;
}

/** `heldout train`: one run, from start to end or from its last checkpoint on. */
export const train: Command = {
  name: 'train',
  usage:
    '(--split NAME [--fold K] | --all) [--config FILE] [--minutes N | --epochs N] [--seed N] ' +
    '[--backend auto|tensorflow|webgpu|wasm] [--precision auto|float32|bfloat16] [--threads N] [--resume RUN]',
  summary: 'one run; Ctrl+C stops it cleanly and --resume goes on',
  options: {
    ...projectOption,
    split: { type: 'string' },
    fold: { type: 'string' },
    all: { type: 'boolean' },
    config: { type: 'string' },
    minutes: { type: 'string' },
    epochs: { type: 'string' },
    seed: { type: 'string' },
    backend: { type: 'string' },
    precision: { type: 'string' },
    threads: { type: 'string' },
    resume: { type: 'string' },
  },
  async run(invocation) {
    const { options, terminal, context } = invocation;
    const split = options.text('split') ?? null;
    const resume = options.text('resume');
    const all = options.flag('all');
    if (resume === undefined && (split === null) !== all)
      throw new HeldoutError('usage', 'Say what to train on: --split NAME [--fold K], or --all.');
    const minutes = options.number('minutes', 0.01, 100_000);
    const epochs = options.integer('epochs', 1, 1_000_000);
    if (minutes !== undefined && epochs !== undefined)
      throw new HeldoutError('usage', 'Give either --minutes or --epochs, and not both.');
    const configFile = options.text('config');
    const seed = options.integer('seed', 0, 2 ** 31 - 1);
    const threads = options.integer('threads', 1, 1024);
    const precision = options.choice('precision', ['auto', 'float32', 'bfloat16'] as const);
    const backend = options.choice('backend', ['auto', 'tensorflow', 'webgpu', 'wasm'] as const);
    const config = configFile === undefined ? undefined : await readConfig(configFile);

    const finished = await withProject(invocation, async (project): Promise<RunRecord> => {
      const onRecord = (_run: string, record: object) => terminal.event({ type: 'record', ...record });
      const started =
        resume === undefined
          ? await startRun(
              project,
              {
                split,
                fold: all ? null : (options.integer('fold', 0, 1000) ?? 0),
                ...(minutes === undefined ? {} : { minutes }),
                ...(epochs === undefined ? {} : { epochs }),
                ...(seed === undefined ? {} : { seed }),
                ...(threads === undefined ? {} : { threads }),
                ...(precision === undefined ? {} : { precision }),
                ...(backend === undefined ? {} : { backend }),
                ...(config === undefined ? {} : { config }),
              },
              context,
              nodeLauncher(),
              onRecord,
            )
          : await resumeRun(project, resume, context, nodeLauncher(), onRecord);
      const { record } = started;
      terminal.event({ type: 'started', run: record.id, precision: record.precision });
      if (!terminal.json) terminal.line(record.id);
      if (record.fallback !== undefined) terminal.warn(record.fallback);
      return started.finished;
    });
    terminal.document({ schema: 'heldout.train/1', run: finished });
    if (finished.state === 'failed')
      throw new HeldoutError(
        'resource',
        finished.reason ?? `Run ${finished.id} failed; its log has the details.`,
      );
    if (!terminal.json)
      terminal.line(
        finished.state === 'done'
          ? `Done after ${finished.step} steps in ${Math.round(finished.seconds)} s${finished.precision === undefined ? '' : `, in ${finished.precision}`}.`
          : `Stopped at step ${finished.step}. Go on with: heldout train --resume ${finished.id}`,
      );
    return 0;
  },
};
