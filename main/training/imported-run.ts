import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { importedRun, type ImportedRun } from '#src/contracts/documents/imported-run';
import { HeldoutError } from '#src/contracts/failure';
import { writeFileAtomic } from '#main/store/atomic-file';

const fileOf = (folder: string) => join(folder, 'imported.json');

export async function writeImportedRun(folder: string, run: ImportedRun): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(fileOf(folder), `${JSON.stringify(run, null, 2)}\n`);
}

/**
 * Reads `imported.json` of the folder of a run whose predictions were made elsewhere.
 *
 * @throws HeldoutError `not-found` when it is missing, `input` when it is damaged or newer than this version
 */
export async function readImportedRun(folder: string, run: string): Promise<ImportedRun> {
  if (!existsSync(fileOf(folder)))
    throw new HeldoutError(
      'not-found',
      `The description of the imported run ${run} is missing: restore the project from a backup, or import it again under another name.`,
    );
  let json: unknown;
  try {
    json = JSON.parse(await readFile(fileOf(folder), 'utf8'));
  } catch (error) {
    throw damaged(run, String(error));
  }
  const version = /^heldout\.imported-run\/(\d+)$/u.exec(
    v.is(v.object({ schema: v.string() }), json) ? json.schema : '',
  )?.[1];
  if (version !== undefined && Number(version) > 1)
    throw new HeldoutError(
      'input',
      `The run ${run} was imported by a newer version of Heldout: open it with that one.`,
    );
  const parsed = v.safeParse(importedRun, json);
  if (!parsed.success) throw damaged(run, v.summarize(parsed.issues));
  return parsed.output;
}

function damaged(run: string, details: string): HeldoutError {
  return new HeldoutError(
    'input',
    `The description of the imported run ${run} is damaged: restore the project from a backup, or import it again under another name.`,
    details,
  );
}
