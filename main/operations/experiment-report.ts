import { readFile } from 'node:fs/promises';
import { experimentTrainings } from '#src/experiments/experiment-trainings';
import type { JobContext } from '#main/jobs/context';
import type { Launcher } from '#main/jobs/launcher';
import { experimentHtml } from '#main/export/experiment/experiment-html';
import { experimentEstimatesTable, experimentPatientsTable } from '#main/export/experiment/experiment-tables';
import { writeFileAtomic } from '#main/store/atomic-file';
import type { Project } from '#main/store/project';
import { estimateHere, type Estimating } from './experiment-estimating';
import { hasExperiment, planFile, readPlan } from './experiment-files';
import { experimentStatus } from './experiment-status';
import { trainingVersions } from './plan-run';
import { writeReport } from './report';
import { keyOf } from './result-cache';

/**
 * Writes the report of an experiment or, when there is none of this name, of a run: one HTML file that needs nothing else.
 * Beside that of an experiment lie its tables (CSV) and its plan, beside that of a run the notes and marks of readers.
 *
 * @returns the files written, the report first
 * @throws HeldoutError as writeReport and experimentStatus, and `resource` when a file cannot be written
 */
export async function writeReportOf(
  project: Project,
  name: string,
  file: string,
  context: JobContext,
  launcher: Launcher,
): Promise<string[]> {
  if (hasExperiment(project, name)) return writeExperimentReport(project, name, file, estimateHere);
  return writeReport(project, name, file, context, launcher);
}

/**
 * Writes the report of an experiment with its tables and its plan beside it; a look where the locked set was opened.
 *
 * @param print turns the page into what is written, for instance into a PDF
 * @returns the files written, the report first
 * @throws HeldoutError as experimentStatus, and `resource` when a file cannot be written
 */
export async function writeExperimentReport(
  project: Project,
  name: string,
  file: string,
  estimating: Estimating,
  print: (page: string) => Promise<string | Uint8Array> = (page) => Promise.resolve(page),
): Promise<string[]> {
  const plan = await readPlan(project, name);
  const result = await experimentStatus(project, name, 'report written', estimating);
  const planText = await readFile(planFile(project, name), 'utf8');
  const page = experimentHtml({
    project: project.summary().name,
    createdAt: new Date().toISOString(),
    plan,
    trainings: experimentTrainings(plan),
    result,
    versions: trainingVersions(),
    hashes: [
      { what: 'SHA-256 of plan.json', sha256: keyOf(Buffer.from(planText)) },
      { what: 'SHA-256 of the images', sha256: keyOf(plan.scans.map(({ scan, voxels }) => [scan, voxels])) },
      { what: 'SHA-256 of the references', sha256: keyOf(plan.scans.map(({ scan, mask }) => [scan, mask])) },
    ],
  });
  const stem = file.replace(/\.(?:html?|pdf)$/iu, '');
  const files = [
    [file, await print(page)],
    [`${stem}.patients.csv`, experimentPatientsTable(result)],
    [`${stem}.estimates.csv`, experimentEstimatesTable(result)],
    [`${stem}.plan.json`, planText],
  ] as const;
  for (const [path, text] of files) await writeFileAtomic(path, text);
  return files.map(([path]) => path);
}
