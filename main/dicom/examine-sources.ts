import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import type { DicomContext, FileFinding } from './header';
import { FileCrash, type ImportPool } from './import-pool';
import { inOrder } from './in-order';
import type { Examined } from './read-header';
import type { SourceFile } from './source-file';

/** Files a worker is given at once: enough to make messages cheap, few enough to share the work evenly. */
const BATCH = 128;

/** A file and what it turned out to be. */
export interface ExaminedFile {
  readonly source: SourceFile;
  readonly finding: FileFinding;
}

/**
 * Examines every file by content, in order. A file that crashes its reader is reported like any other bad file.
 *
 * Files that say the same of their series share one object, so that what is held for a file is a few numbers.
 */
export async function* examineSources(
  sources: readonly SourceFile[],
  pool: ImportPool,
  context: JobContext,
): AsyncGenerator<ExaminedFile, void, undefined> {
  const batches: SourceFile[][] = [];
  for (let first = 0; first < sources.length; first += BATCH)
    batches.push(sources.slice(first, first + BATCH));
  const share = sharedContexts();
  let done = 0;
  for await (const findings of inOrder(batches, 2 * pool.size + 1, (batch) => examineBatch(batch, pool))) {
    throwIfCancelled(context);
    for (const { source, finding } of findings) yield { source, finding: share(finding) };
    done += findings.length;
    context.report({ done, total: sources.length, unit: 'files', message: 'Reading headers' });
  }
}

async function examineBatch(batch: readonly SourceFile[], pool: ImportPool): Promise<ExaminedFile[]> {
  try {
    const answers = await pool.run('examine', batch);
    return batch.map((source, index) => examined(source, answers[index]));
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

function examined(source: SourceFile, answer: Examined | undefined): ExaminedFile {
  if (answer === undefined) throw new Error('The import worker gave no answer for a file.');
  const { path, root, file, entry } = source;
  const { size, modified, isGzip } = answer.stamp;
  return { source: { path, root, file, size, modified, entry, isGzip }, finding: answer.finding };
}

/** Gives findings whose contexts say the same the same object. */
function sharedContexts(): (finding: FileFinding) => FileFinding {
  const known = new Map<string, DicomContext>();
  // Workers send one object for the files of a series in a batch, so few need to be compared by content.
  const seen = new WeakMap<DicomContext, DicomContext>();
  return (finding) => {
    if (finding.kind !== 'dicom') return finding;
    const { context } = finding.image;
    let shared = seen.get(context);
    if (shared === undefined) {
      const key = JSON.stringify(context);
      shared = known.get(key) ?? context;
      known.set(key, shared);
      seen.set(context, shared);
    }
    return shared === context ? finding : { ...finding, image: { ...finding.image, context: shared } };
  };
}
