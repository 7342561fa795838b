import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { marksTable, patientsTable, scansTable } from '#main/export/tables';
import type { JobContext } from '#main/jobs/context';
import type { Launcher } from '#main/jobs/launcher';
import { writeFileAtomic } from '#main/store/atomic-file';
import type { Project } from '#main/store/project';
import { compareRun } from './compare';

/**
 * Writes the comparison of a run as CSV files in `folder`, which is made where it is missing: one row for each patient,
 * scan and label, one row for each patient, and, where there are any, one for each note or mark of a reader. Patients go
 * by their codes.
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
  const marks = project.marks.of(run);
  const files: (readonly [string, string])[] = [
    [join(folder, `${run}.scans.csv`), scansTable(document, project.labels())],
    [join(folder, `${run}.patients.csv`), patientsTable(document)],
    ...(marks.length === 0 ? [] : [[join(folder, `${run}.marks.csv`), marksTable(marks)] as const]),
  ];
  for (const [file, table] of files) await writeFileAtomic(file, table);
  return files.map(([file]) => file);
}
