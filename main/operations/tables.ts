import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { patientsTable, scansTable } from '#main/export/tables';
import type { JobContext } from '#main/jobs/context';
import type { Launcher } from '#main/jobs/launcher';
import { writeFileAtomic } from '#main/store/atomic-file';
import type { Project } from '#main/store/project';
import { compareRun } from './compare';

/**
 * Writes the comparison of a run as two CSV files in `folder`, which is made where it is missing: one row for each
 * patient, scan and label, and one row for each patient. Patients go by their codes.
 *
 * @returns the paths written
 * @throws HeldoutError as compareRun, and `resource` when a file cannot be written
 */
export async function writeTables(
  project: Project,
  run: string,
  folder: string,
  context: JobContext,
  launcher: Launcher,
): Promise<string[]> {
  const document = await compareRun(project, run, context, launcher);
  await mkdir(folder, { recursive: true });
  const files = [
    [join(folder, `${run}.scans.csv`), scansTable(document, project.labels())],
    [join(folder, `${run}.patients.csv`), patientsTable(document)],
  ] as const;
  for (const [file, table] of files) await writeFileAtomic(file, table);
  return files.map(([file]) => file);
}
