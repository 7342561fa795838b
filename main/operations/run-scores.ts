import { join } from 'node:path';
import * as v from 'valibot';
import { meanDefined, diceOf, pooledDice, voxelsOfSlices } from '#src/experiments/probe-score';
import type { ScanScore } from '#src/experiments/crossed-design';
import { HeldoutError } from '#src/contracts/failure';
import type { RunRecord, Scan } from '#src/registry/records';
import { probeSlices } from '#src/splits/probe-slices';
import { confusionOf } from '#src/metrics/confusion';
import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import type { Launcher } from '#main/jobs/launcher';
import { readVoxelFile } from '#main/store/voxel-file';
import type { Project } from '#main/store/project';
import { predictScans } from './predict';
import { cachedResult, keyOf } from './result-cache';
import type { RunFacts } from './run-facts';

/** A scan with the hash of its reference mask as it is now. */
export interface ReferenceScan {
  readonly scan: Scan;
  readonly maskKey: string;
}

const scores = v.record(
  v.string(),
  v.object({ probe: v.nullable(v.number()), whole: v.nullable(v.number()) }),
);

/** The scans named, each with the hash of its current reference. */
export async function referenceScans(project: Project, names: readonly string[]): Promise<ReferenceScan[]> {
  const found: ReferenceScan[] = [];
  for (const name of names) {
    const scan = project.registry.scanNamed(name);
    found.push({ scan, maskKey: keyOf(await referenceOf(project, scan)) });
  }
  return found;
}

/** What decides a run's scores: change any of it and they are computed anew. */
export function scoresKey(run: RunRecord, facts: RunFacts, scans: readonly ReferenceScan[]): unknown {
  return {
    // 2: voxels of labels that the run does not learn count as background.
    version: 2,
    run: run.id,
    step: run.step,
    probeEvery: facts.probeEvery,
    labels: facts.labels,
    ...(facts.source.kind === 'imported' ? { predictions: facts.source.imported.predictions } : {}),
    scans: scans.map(({ scan, maskKey }) => [scan.scan, scan.voxels, maskKey]),
  };
}

/**
 * Dice of every scan under one run, on its probe slices (all slices where there are none that no model trained on) and
 * as a whole, mean over the run's labels. Predicts what is not predicted yet; a scan that an imported run came without
 * has no score. Kept in the run's folder.
 */
export async function runScores(
  project: Project,
  run: RunRecord,
  facts: RunFacts,
  scans: readonly ReferenceScan[],
  context: JobContext,
  launcher: Launcher,
): Promise<ReadonlyMap<string, ScanScore>> {
  const file = join(project.runFolder(run.id), 'scores.json');
  const result = await cachedResult(file, keyOf(scoresKey(run, facts, scans)), scores, async () => {
    const names = scans.map(({ scan }) => scan.scan);
    const predictions = await predictScans(project, run.id, names, context, launcher);
    const entries: [string, ScanScore][] = [];
    for (const { scan } of scans) {
      throwIfCancelled(context);
      if (facts.source.kind === 'imported' && !predictions.has(scan.scan)) {
        entries.push([scan.scan, { probe: null, whole: null }]);
        continue;
      }
      const { reference, prediction } = await masksOf(project, scan, predictions);
      entries.push([scan.scan, scoreOf(scan, reference, prediction, facts)]);
      context.report({
        done: entries.length,
        total: scans.length,
        unit: 'scans',
        message: `Scoring ${run.id}`,
      });
    }
    return Object.fromEntries(entries);
  });
  return new Map(Object.entries(result));
}

/** The scan's reference and prediction, one label number per voxel of the scan's grid. */
export async function masksOf(
  project: Project,
  scan: Scan,
  predictions: ReadonlyMap<string, string>,
): Promise<{ reference: Uint8Array; prediction: Uint8Array }> {
  const path = predictions.get(scan.scan);
  if (path === undefined)
    throw new HeldoutError('internal', `The run gave no prediction for the scan ${scan.scan}.`);
  const { samples } = await readVoxelFile(path);
  const reference = await referenceOf(project, scan);
  if (!(samples instanceof Uint8Array) || samples.length !== reference.length)
    throw new HeldoutError(
      'internal',
      `The prediction for the scan ${scan.scan} does not lie on the scan's grid.`,
    );
  return { reference, prediction: samples };
}

async function referenceOf(project: Project, scan: Scan): Promise<Uint8Array> {
  const labels = await project.masks.labels(scan.id);
  if (!labels)
    throw new HeldoutError(
      'not-found',
      `The scan ${scan.scan} has no reference mask any more; paint it again.`,
    );
  return labels;
}

function scoreOf(
  scan: Scan,
  reference: Uint8Array,
  prediction: Uint8Array,
  { labels, probeEvery }: RunFacts,
): ScanScore {
  const dims = scan.geometry.dims;
  const confusion = confusionOf(reference, prediction, [0, ...labels]);
  const whole = meanDefined(labels.map((label) => diceOf(confusion, label)));
  if (probeEvery === null) return { probe: whole, whole };
  const slices = probeSlices(dims[2], probeEvery);
  return {
    probe: pooledDice(
      voxelsOfSlices(reference, dims, slices),
      voxelsOfSlices(prediction, dims, slices),
      labels,
    ),
    whole,
  };
}
