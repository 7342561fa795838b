import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { logRecord, runConfig, type LogRecord, type RunConfig } from '#src/contracts/documents/run';
import { HeldoutError } from '#src/contracts/failure';
import { writeFileAtomic } from '#main/store/atomic-file';

/** The files of one run. */
export function runFiles(folder: string) {
  return {
    config: join(folder, 'config.json'),
    log: join(folder, 'log.ndjson'),
    checkpoint: join(folder, 'checkpoint-last.bin'),
    weights: join(folder, 'model', 'weights.bin'),
    predictions: join(folder, 'predictions'),
    /** Details of a failure, for whoever looks into it. */
    failure: join(folder, 'failure.log'),
  };
}

/** Weights to predict with: the finished model, else the last checkpoint, else null. */
export function weightsFile(folder: string): string | null {
  const files = runFiles(folder);
  return [files.weights, files.checkpoint].find((file) => existsSync(file)) ?? null;
}

export async function writeRunConfig(folder: string, config: RunConfig): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(runFiles(folder).config, `${JSON.stringify(config, null, 2)}\n`);
}

/**
 * Reads `config.json`.
 *
 * @throws HeldoutError `input` when it is missing, damaged or of another version
 */
export async function readRunConfig(folder: string): Promise<RunConfig> {
  const file = runFiles(folder).config;
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new HeldoutError('input', `The run's ${file} cannot be read.`, String(error));
  }
  const parsed = v.safeParse(runConfig, json);
  if (!parsed.success)
    throw new HeldoutError(
      'input',
      `The run's ${file} is not a run description of this version.`,
      v.summarize(parsed.issues),
    );
  return parsed.output;
}

/** All whole records of the log; a line cut off by a crash is left out. */
export async function readRunLog(folder: string): Promise<LogRecord[]> {
  const file = runFiles(folder).log;
  if (!existsSync(file)) return [];
  return (await readFile(file, 'utf8')).split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      const parsed = v.safeParse(logRecord, JSON.parse(line));
      return parsed.success ? [parsed.output] : [];
    } catch {
      return [];
    }
  });
}

export async function appendRunLog(folder: string, record: LogRecord): Promise<void> {
  await appendFile(runFiles(folder).log, `${JSON.stringify(record)}\n`);
}

/** Drops records after `step`: a resumed run writes them again. */
export async function truncateRunLog(folder: string, step: number): Promise<void> {
  const kept = (await readRunLog(folder)).filter((record) => record.step <= step);
  await writeFileAtomic(runFiles(folder).log, kept.map((record) => `${JSON.stringify(record)}\n`).join(''));
}
