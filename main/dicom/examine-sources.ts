import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import type { FileFinding } from './header';
import { FileCrash, type ImportPool } from './import-pool';
import { inOrder } from './in-order';
import type { SourceFile } from './source-file';

/** Files a worker is given at once: enough to make messages cheap, few enough to share the work evenly. */
const BATCH = 32;

/** A file and what it turned out to be. */
export interface ExaminedFile {
  readonly source: SourceFile;
  readonly finding: FileFinding;
}

/** Examines every file by content, in order. A file that crashes its reader is reported like any other bad file. */
export async function examineSources(
  sources: readonly SourceFile[],
  pool: ImportPool,
  context: JobContext,
): Promise<ExaminedFile[]> {
  const batches: SourceFile[][] = [];
  for (let first = 0; first < sources.length; first += BATCH)
    batches.push(sources.slice(first, first + BATCH));
  const examined: ExaminedFile[] = [];
  for await (const findings of inOrder(batches, pool.size + 1, (batch) => examineBatch(batch, pool))) {
    throwIfCancelled(context);
    examined.push(...findings);
    context.report({
      done: examined.length,
      total: sources.length,
      unit: 'files',
      message: 'Reading headers',
    });
  }
  return examined;
}

async function examineBatch(batch: readonly SourceFile[], pool: ImportPool): Promise<ExaminedFile[]> {
  try {
    const findings = await pool.run('examine', batch);
    return batch.map((source, index) => ({
      source,
      finding: findings[index] ?? { kind: 'left out', reason: 'It was not read.', image: true },
    }));
  } catch (error) {
    const culprit = error instanceof FileCrash ? batch[error.index] : undefined;
    if (!(error instanceof FileCrash) || culprit === undefined) throw error;
    const bad: ExaminedFile = {
      source: culprit,
      finding: { kind: 'left out', reason: error.reason, image: true },
    };
    return [
      ...(await examineBatch(batch.slice(0, error.index), pool)),
      bad,
      ...(await examineBatch(batch.slice(error.index + 1), pool)),
    ];
  }
}
