import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readingTable } from '#main/export/reading-table';
import { writeFileAtomic } from '#main/store/atomic-file';
import type { Project } from '#main/store/project';
import { unblindedReading } from './readings';

/** Writes the cases of a finished reading as CSV. @throws HeldoutError as unblindedReading, `resource` */
export async function writeReadingTable(project: Project, id: number, file: string): Promise<void> {
  await writeFileAtomic(file, readingTable(unblindedReading(project, id)));
}

/**
 * Writes a finished reading into `folder`, which is made where it is missing: its cases as CSV and the whole document,
 * with every answer ever given, as JSON.
 *
 * @returns the paths written
 * @throws HeldoutError as unblindedReading, `resource`
 */
export async function exportReading(project: Project, id: number, folder: string): Promise<string[]> {
  const document = unblindedReading(project, id);
  await mkdir(folder, { recursive: true });
  const files = [
    [join(folder, `reading-${id}.cases.csv`), readingTable(document)],
    [join(folder, `reading-${id}.json`), `${JSON.stringify(document, null, 2)}\n`],
  ] as const;
  for (const [file, text] of files) await writeFileAtomic(file, text);
  return files.map(([file]) => file);
}
