import { join } from 'node:path';
import type { ComparedVolumes } from '#src/contracts/channels';
import { compareDocument, type CompareDocument } from '#src/contracts/documents/compare';
import { HeldoutError } from '#src/contracts/failure';
import { crossedScores, unequalFolds, type CrossedPatient } from '#src/experiments/crossed-design';
import { compareSides, type MeasuredScan } from '#src/experiments/compare-sides';
import type { PredictionSource } from '#src/experiments/group-verdict';
import { onlySlices } from '#src/experiments/probe-score';
import { spacingOf } from '#src/imaging/geometry';
import { compareMasks } from '#src/metrics/compare-masks';
import type { RunRecord, Scan } from '#src/registry/records';
import { heldOutFolds } from '#src/splits/make-split';
import { probeSlices } from '#src/splits/probe-slices';
import { itemsByScan, rolesOf, sidesOf, type FoldRoles } from '#src/splits/roles';
import type { Split } from '#src/splits/split';
import { crossedStatistics } from '#src/statistics/crossed-statistics';
import { summarise } from '#src/statistics/summary';
import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import type { Launcher } from '#main/jobs/launcher';
import type { Project } from '#main/store/project';
import { predictScans } from './predict';
import { cachedResult, keyOf } from './result-cache';
import { readRunFacts, sameMethod, type RunFacts } from './run-facts';
import { masksOf, referenceScans, runScores, scoresKey, type ReferenceScan } from './run-scores';
import { auditStored, splittableScans } from './splits';

/** All that is read before anything is computed. */
interface Comparison {
  readonly run: RunRecord;
  readonly facts: RunFacts;
  readonly split: Split;
  readonly fold: number;
  readonly roles: Pick<FoldRoles, 'seen' | 'heldOut'>;
  /** The scans outside the locked set, which is never scored here. */
  readonly scans: readonly ReferenceScan[];
  /** Why the split leaks, or null. */
  readonly leak: string | null;
  /** One finished run for each fold in order, when the crossed design applies. */
  readonly crossed: readonly { readonly run: RunRecord; readonly facts: RunFacts }[] | null;
}

/**
 * Seen against held-out patients under one run: predicts what is not predicted yet, measures whole scans (under a
 * split by slice, the slices of each side) and compares. When every fold of a split by patient has a finished run with
 * the same settings, tau of the crossed design is computed on probe slices and the verdict rests on it. Predictions that
 * were made elsewhere are compared on whole scans, and only those that there are. The result is kept in the run's folder
 * until masks or models change. Locked patients are not scored.
 * @throws HeldoutError `usage` for a run that held nobody out or belongs to an experiment, `conflict` while it is not finished.
 */
export async function compareRun(
  project: Project,
  run: string,
  context: JobContext,
  launcher: Launcher,
): Promise<CompareDocument> {
  const comparison = await prepared(project, run);
  const { facts, scans, split, crossed, leak } = comparison;
  const key = keyOf({
    version: 1,
    items: split.items,
    labels: project.labels().map(({ label }) => label),
    leak,
    own: scoresKey(comparison.run, facts, scans),
    crossed: crossed?.map((entry) => scoresKey(entry.run, entry.facts, scans)) ?? null,
  });
  return cachedResult(join(project.runFolder(run), 'compare.json'), key, compareDocument, () =>
    compared(project, comparison, context, launcher),
  );
}

/**
 * Image, reference and prediction of one scan under one run, for the eye.
 * @throws HeldoutError `not-found` when the scan has no reference.
 */
export async function comparedVolumes(
  project: Project,
  run: string,
  scanName: string,
  context: JobContext,
  launcher: Launcher,
): Promise<ComparedVolumes> {
  const scan = project.registry.scanNamed(scanName);
  const facts = await readRunFacts(project, project.registry.run(run));
  const predictions = await predictScans(project, run, [scanName], context, launcher);
  if (facts.source.kind === 'imported' && !predictions.has(scanName))
    throw new HeldoutError('not-found', `The run ${run} came without a prediction for the scan ${scanName}.`);
  const { reference, prediction } = await masksOf(project, scan, predictions);
  const { samples, geometry } = await project.voxels.get(scan.voxels);
  const buffer = new Uint8Array(samples.byteLength);
  buffer.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  return {
    scan,
    geometry,
    sampleType: scan.sampleType,
    samples: buffer.buffer,
    reference,
    prediction,
    probeSlices: probeSlices(geometry.dims[2], facts.probeEvery ?? 0),
  };
}

async function prepared(project: Project, name: string): Promise<Comparison> {
  const run = project.registry.run(name);
  if (run.experiment !== undefined)
    throw new HeldoutError(
      'usage',
      `The run ${name} is a training of the experiment ${run.experiment}, which compares it with its other arms. ` +
        `See: heldout experiment status ${run.experiment}.`,
    );
  if (run.split === null || run.fold === null)
    throw new HeldoutError(
      'usage',
      `The run ${name} trained on every patient, so there is nobody held out to compare with. ` +
        `Compare a run that trained on a split.`,
    );
  if (run.state !== 'done' && run.state !== 'stopped')
    throw new HeldoutError(
      'conflict',
      `The run ${name} is ${run.state}; compare it once it is done or stopped.`,
    );
  const split = project.registry.split(run.split);
  const facts = await readRunFacts(project, run);
  const splittable = splittableScans(project);
  const roles =
    facts.probeEvery === null
      ? sidesOf(split, run.fold, splittable)
      : rolesOf(split, run.fold, splittable, facts.probeEvery);
  const audit = auditStored(project, split.name);
  return {
    run,
    facts,
    split,
    fold: run.fold,
    roles,
    scans: await referenceScans(project, [...itemsByScan(split).keys()]),
    leak: audit.clean ? null : (audit.findings.find(({ severity }) => severity === 'leak')?.sentence ?? null),
    crossed: split.design === 'patient' && audit.clean ? await crossedRuns(project, split, run, facts) : null,
  };
}

/** For each fold the latest finished run with the settings of `own`, `own` itself for its fold; null if one lacks. */
async function crossedRuns(
  project: Project,
  split: Split,
  own: RunRecord,
  facts: RunFacts,
): Promise<Comparison['crossed']> {
  const folds = heldOutFolds(split);
  if (folds.length < 2 || own.state !== 'done') return null;
  const done = project.registry
    .runs()
    .filter((run) => run.split === split.name && run.state === 'done' && run.fold !== own.fold)
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const chosen = new Map([[own.fold, { run: own, facts }]]);
  for (const run of done) {
    if (chosen.has(run.fold)) continue;
    const other = await readRunFacts(project, run);
    if (sameMethod(facts, other)) chosen.set(run.fold, { run, facts: other });
  }
  const inOrder = folds.flatMap((fold) => chosen.get(fold) ?? []);
  return inOrder.length === folds.length ? inOrder : null;
}

async function compared(
  project: Project,
  comparison: Comparison,
  context: JobContext,
  launcher: Launcher,
): Promise<CompareDocument> {
  const { run, split, fold, facts, leak } = comparison;
  const measured = await measuredScans(project, comparison, context, launcher);
  const sides = compareSides(measured, facts.labels, leak, sourceOf(comparison));
  const { crossed, crossValidated } = await crossedOf(project, comparison, context, launcher);
  return {
    schema: 'heldout.compare/1',
    run: run.id,
    split: split.name,
    fold,
    ...sides,
    crossed,
    ...(crossValidated === null ? {} : { crossValidated }),
    ...(facts.source.kind === 'imported'
      ? { imported: { set: facts.source.imported.set, ...predictedOf(comparison, measured) } }
      : {}),
    verdict: crossed?.statistics.verdict ?? sides.verdict,
  };
}

/** Metrics of every scan; of a scan that stands on both sides, of each part. */
async function measuredScans(
  project: Project,
  { run, scans, roles, facts }: Comparison,
  context: JobContext,
  launcher: Launcher,
): Promise<MeasuredScan[]> {
  const names = scans.map(({ scan }) => scan.scan);
  const predictions = await predictScans(project, run.id, names, context, launcher);
  const parts = [
    ...roles.seen.map((part) => ({ ...part, side: 'seen' as const })),
    ...roles.heldOut.map((part) => ({ ...part, side: 'heldOut' as const })),
  ];
  const measured: MeasuredScan[] = [];
  for (const { scan } of scans) {
    throwIfCancelled(context);
    if (facts.source.kind === 'imported' && !predictions.has(scan.scan)) continue;
    const masks = await masksOf(project, scan, predictions);
    for (const part of parts.filter((entry) => entry.scan === scan.scan))
      measured.push({
        patient: scan.patient,
        side: part.side,
        scan: scan.scan,
        ...measure(scan, masks, part.slices, facts.labels),
      });
    context.report({
      done: measured.length,
      total: parts.length,
      unit: 'scans',
      message: 'Measuring the predictions',
    });
  }
  return measured;
}

function sourceOf({ facts, roles }: Comparison): PredictionSource {
  return facts.source.kind === 'imported' && roles.seen.length === 0 ? 'met nobody' : facts.source.kind;
}

/** How many scans of each side there are, and how many of them were measured. */
function predictedOf({ roles }: Comparison, measured: readonly MeasuredScan[]) {
  const count = (side: 'seen' | 'heldOut') => ({
    scans: roles[side].length,
    predicted: measured.filter((scan) => scan.side === side).length,
  });
  return { seen: count('seen'), heldOut: count('heldOut') };
}

function measure(
  scan: Scan,
  { reference, prediction }: { readonly reference: Uint8Array; readonly prediction: Uint8Array },
  slices: readonly number[],
  labels: readonly number[],
) {
  const { dims, calibrated } = scan.geometry;
  const part = (mask: Uint8Array) => (slices.length === dims[2] ? mask : onlySlices(mask, dims, slices));
  return compareMasks(
    part(reference),
    part(prediction),
    { dims, spacing: spacingOf(scan.geometry), calibrated, twoDimensional: dims[2] === 1 },
    { labels: [...labels] },
  );
}

async function crossedOf(
  project: Project,
  { crossed, split, scans }: Comparison,
  context: JobContext,
  launcher: Launcher,
): Promise<{
  readonly crossed: CompareDocument['crossed'];
  readonly crossValidated: NonNullable<CompareDocument['crossValidated']> | null;
}> {
  const nothing = { crossed: null, crossValidated: null };
  if (!crossed) return nothing;
  const scores = [];
  for (const { run, facts } of crossed)
    scores.push(await runScores(project, run, facts, scans, context, launcher));
  const patients = new Map<string, { patient: string; fold: number; scans: string[] }>();
  for (const { patient, scan, fold } of split.items) {
    if (fold === 'locked') continue;
    const entry = patients.get(patient) ?? { patient, fold, scans: [] };
    entry.scans.push(scan);
    patients.set(patient, entry);
  }
  const { rows, metric, heldOutFold, patients: names } = crossedScores([...patients.values()], scores);
  const runs = crossed.map(({ run }) => run.id);
  const unequal = unequalFolds(rows);
  const isImported = crossed.some(({ facts }) => facts.source.kind === 'imported');
  // Without probe slices, or predictions of seen patients, there is nothing that all models can be asked about.
  if (!rows.some(({ seen, heldOut }) => seen !== null && heldOut !== null))
    return isImported ? { ...nothing, crossValidated: crossValidatedOf(runs, rows) } : nothing;
  return {
    ...nothing,
    crossed: {
      runs,
      ...(isImported ? { over: 'whole scans' as const } : {}),
      patients: rows,
      statistics: crossedStatistics({ metric, heldOutFold, patients: names }),
      ...(unequal === null ? {} : { unequalFolds: unequal }),
    },
  };
}

function crossValidatedOf(
  runs: string[],
  rows: readonly CrossedPatient[],
): NonNullable<CompareDocument['crossValidated']> {
  return {
    runs,
    patients: rows.map(({ patient, heldOutFold, heldOut }) => ({ patient, heldOutFold, heldOut })),
    heldOut: summarise(rows.map(({ heldOut }) => heldOut)),
  };
}
