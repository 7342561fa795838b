import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompareDocument } from '#src/contracts/documents/compare';
import { meanDefined } from '#src/experiments/probe-score';
import { phaseNames } from '#src/registry/phase-names';
import type { JobContext } from '#main/jobs/context';
import type { Launcher } from '#main/jobs/launcher';
import { reportHtml } from '#main/export/report/report-html';
import type { ReportData, RunLog, WorstScan } from '#main/export/report/report-data';
import { slicePicture, worstSlice } from '#main/export/report/slice-picture';
import { marksTable } from '#main/export/tables';
import { writeFileAtomic } from '#main/store/atomic-file';
import type { Project } from '#main/store/project';
import { compareRun } from './compare';
import { predictScans } from './predict';
import { unblindedReading } from './readings';
import { keyOf } from './result-cache';
import { readRunFacts, type RunFacts } from './run-facts';
import { masksOf, referenceScans, runScores } from './run-scores';
import { auditStored } from './splits';
import { readLog } from './training';

/** How many of the worst held-out patients are shown. */
const WORST = 3;

/**
 * Compares the run where that is not done yet and writes its report: one HTML file that needs nothing else. It names
 * patients by their codes only. Notes and marks of readers lie beside it as a table (CSV), where there are any.
 *
 * @returns the files written, the report first
 * @throws HeldoutError as compareRun, and `resource` when the file cannot be written.
 */
export async function writeReport(
  project: Project,
  run: string,
  file: string,
  context: JobContext,
  launcher: Launcher,
): Promise<string[]> {
  const compare = await compareRun(project, run, context, launcher);
  const record = project.registry.run(run);
  const split = project.registry.split(compare.split);
  const facts = await readRunFacts(project, record);
  const summary = project.summary();
  const marks = project.marks.of(run);
  const logs: RunLog[] = [];
  for (const id of compare.crossed?.runs ?? [run])
    logs.push({ run: project.registry.run(id), records: await readLog(project, id) });
  const page = reportHtml({
    project: summary.name,
    createdAt: new Date().toISOString(),
    labels: project.labels(),
    inProject: { patients: summary.patients, scans: summary.scans, masks: summary.masks },
    run: record,
    ...madeBy(facts),
    split,
    audit: auditStored(project, split.name),
    compare,
    logs,
    worst: await worstScans(project, compare, context, launcher),
    marks,
    readings: project.readings
      .sessions()
      .filter(({ runs, state }) => state === 'finished' && runs.includes(run))
      .map(({ id }) => unblindedReading(project, id))
      .reverse(),
    looks: project.registry.looks(),
    hashes: await hashesOf(project, compare),
  });
  await writeFileAtomic(file, page);
  if (marks.length === 0) return [file];
  const table = `${file.replace(/\.html?$/iu, '')}.marks.csv`;
  await writeFileAtomic(table, marksTable(marks));
  return [file, table];
}

/** The worst scan of each of the worst held-out patients, each under the run that held the patient out. */
async function worstScans(
  project: Project,
  compare: CompareDocument,
  context: JobContext,
  launcher: Launcher,
): Promise<WorstScan[]> {
  const runs = (compare.crossed ?? compare.crossValidated)?.runs;
  const candidates = runs
    ? await crossedScans(project, compare.split, runs, context, launcher)
    : compare.patients
        .filter(({ side }) => side === 'heldOut')
        .flatMap(({ patient, scans }) =>
          scans.map(({ scan, labels }) => ({
            patient,
            scan,
            run: compare.run,
            dice: meanDefined(Object.values(labels).map(({ dice }) => dice)),
          })),
        );
  const byPatient = new Map<string, (typeof candidates)[number] & { dice: number }>();
  for (const { dice, ...candidate } of candidates) {
    if (dice === null) continue;
    const known = byPatient.get(candidate.patient);
    if (!known || dice < known.dice) byPatient.set(candidate.patient, { ...candidate, dice });
  }
  const worst = [...byPatient.values()].sort((a, b) => a.dice - b.dice).slice(0, WORST);
  const phases = phaseNames(project.registry.scans());
  const drawn: WorstScan[] = [];
  for (const entry of worst) {
    const scan = project.registry.scanNamed(entry.scan);
    const predictions = await predictScans(project, entry.run, [entry.scan], context, launcher);
    const masks = await masksOf(project, scan, predictions);
    const { samples, geometry } = await project.voxels.get(scan.voxels);
    const { slice, wrongVoxels } = worstSlice(masks.reference, masks.prediction, geometry.dims);
    drawn.push({
      ...entry,
      phase: phases.get(entry.scan)?.name ?? null,
      slice,
      slices: geometry.dims[2],
      wrongVoxels,
      picture: slicePicture(
        { samples, ...masks, dims: geometry.dims },
        geometry,
        slice,
        scan.window,
        scan.invertDisplay,
      ),
    });
  }
  return drawn;
}

/** Whole-scan Dice of every scan under the run that held its patient out. */
async function crossedScans(
  project: Project,
  split: string,
  runs: readonly string[],
  context: JobContext,
  launcher: Launcher,
): Promise<{ patient: string; scan: string; run: string; dice: number | null }[]> {
  const items = project.registry.split(split).items.filter((item) => item.fold !== 'locked');
  const scans = await referenceScans(project, [...new Set(items.map((item) => item.scan))]);
  const found = [];
  for (const run of runs) {
    const record = project.registry.run(run);
    const scores = await runScores(
      project,
      record,
      await readRunFacts(project, record),
      scans,
      context,
      launcher,
    );
    for (const item of items.filter(({ fold }) => fold === record.fold))
      found.push({ patient: item.patient, scan: item.scan, run, dice: scores.get(item.scan)?.whole ?? null });
  }
  return found;
}

async function hashesOf(
  project: Project,
  compare: CompareDocument,
): Promise<{ what: string; sha256: string }[]> {
  const split = project.registry.split(compare.split);
  const scans = await referenceScans(project, [
    ...new Set(split.items.filter((item) => item.fold !== 'locked').map((item) => item.scan)),
  ]);
  const { kind } = project.registry.run(compare.run);
  const description = kind === 'imported' ? 'imported.json' : 'config.json';
  const described = await readFile(join(project.runFolder(compare.run), description));
  return [
    { what: 'SHA-256 of the images', sha256: keyOf(scans.map(({ scan }) => [scan.scan, scan.voxels])) },
    {
      what: 'SHA-256 of the references',
      sha256: keyOf(scans.map(({ scan, maskKey }) => [scan.scan, maskKey])),
    },
    { what: 'SHA-256 of the split', sha256: keyOf(split.items) },
    ...(await predictionHashes(project, compare)),
    { what: `SHA-256 of ${description}`, sha256: keyOf(new Uint8Array(described)) },
  ];
}

/** What the report says of who made the predictions. */
function madeBy({ source }: RunFacts): Pick<ReportData, 'config' | 'imported'> {
  return source.kind === 'trained'
    ? { config: source.config, imported: null }
    : { config: null, imported: source.imported };
}

/** Of predictions made elsewhere: of all files of each model, and of what they hold on the grids of the scans. */
async function predictionHashes(
  project: Project,
  compare: CompareDocument,
): Promise<{ what: string; sha256: string }[]> {
  const hashes: { what: string; sha256: string }[] = [];
  for (const id of compare.crossed?.runs ?? compare.crossValidated?.runs ?? [compare.run]) {
    const { source } = await readRunFacts(project, project.registry.run(id));
    if (source.kind !== 'imported') continue;
    const { predictions } = source.imported;
    const hash = (part: 'file' | 'voxels') => keyOf(predictions.map((entry) => [entry.scan, entry[part]]));
    hashes.push(
      { what: `SHA-256 of the imported files of ${id}`, sha256: hash('file') },
      { what: `SHA-256 of the predictions of ${id}`, sha256: hash('voxels') },
    );
  }
  return hashes;
}
