import type { ExperimentControl, ExperimentPlan } from '#src/contracts/documents/experiment-plan';
import type { RunConfig, RunItem } from '#src/contracts/documents/run';
import { HeldoutError } from '#src/contracts/failure';
import { ellipseMask, randomEllipse, shuffledOwners, stretchedMask } from '#src/experiments/control-masks';
import type { ExperimentTraining } from '#src/experiments/experiment-trainings';
import { sampleTypeOf, samplesFrom } from '#src/imaging/volume';
import { probeSlices } from '#src/splits/probe-slices';
import type { SlicesOfScan } from '#src/splits/roles';
import type { Project } from '#main/store/project';
import { trainingVersions } from './plan-run';

type PlannedScan = ExperimentPlan['scans'][number];

/** Where image and reference of each scan lie (SHA-256), as one control shows them; null = as they are. */
export type ShownScans = ReadonlyMap<string, { readonly voxels: string; readonly mask: string }>;

/** Id of the run of a training: it follows from names alone, so that a run is found again after any crash. */
export function experimentRunId(experiment: string, { key }: Pick<ExperimentTraining, 'key'>): string {
  return `x-${experiment}-${key}`;
}

/** Labels that a training learns: the random-mask control has one label of its own. */
export function labelsOf(plan: ExperimentPlan, control: ExperimentControl | null): number[] {
  return control === 'random-masks' ? [1] : plan.settings.labels;
}

/**
 * Images and references of a control, written where they are not yet: random ellipses, blank images, or the references
 * of another patient. Voxel files are named by their contents, so doing it again writes nothing.
 */
export async function shownScans(
  project: Project,
  plan: ExperimentPlan,
  control: ExperimentControl | null,
): Promise<ShownScans> {
  const owners =
    control === 'label-shuffle'
      ? shuffledOwners(plan.seed, [...new Set(plan.scans.map(({ patient }) => patient))])
      : new Map<string, string>();
  const shown = new Map<string, { voxels: string; mask: string }>();
  for (const scan of plan.scans) {
    const { voxels, mask } = scan;
    if (control === null) shown.set(scan.scan, { voxels, mask });
    else if (control === 'blank-images')
      shown.set(scan.scan, { voxels: await blankImage(project, voxels), mask });
    else if (control === 'random-masks')
      shown.set(scan.scan, { voxels, mask: await randomMask(project, plan, scan) });
    else shown.set(scan.scan, { voxels, mask: await foreignMask(project, plan, scan, owners) });
  }
  return shown;
}

/** The whole description of the run of one training. */
export function trainingConfig(
  plan: ExperimentPlan,
  training: ExperimentTraining,
  shown: ShownScans,
): RunConfig {
  const labels = labelsOf(plan, training.control);
  const counts = new Map(plan.scans.map(({ scan, slices }) => [scan, slices]));
  const itemsOf = (entries: readonly SlicesOfScan[]): RunItem[] =>
    entries.flatMap(({ patient, scan, slices }) => {
      const files = shown.get(scan);
      return files === undefined || slices.length === 0
        ? []
        : [{ patient, scan, ...files, slices: [...slices] }];
    });
  const probesOf = (entries: readonly SlicesOfScan[], heldOut: boolean) => {
    const out = new Map(training.heldOut.map(({ scan, slices }) => [scan, new Set(slices)]));
    return entries.map((entry) => ({
      ...entry,
      slices: probeSlices(counts.get(entry.scan) ?? 0, plan.probeEvery).filter(
        (slice) => (out.get(entry.scan)?.has(slice) ?? false) === heldOut,
      ),
    }));
  };
  const { settings } = plan;
  return {
    schema: 'heldout.run/1',
    id: experimentRunId(plan.name, training),
    split: null,
    fold: training.fold,
    ...settings,
    labels,
    model: { ...settings.model, classes: labels.length + 1 },
    seed: training.seed,
    // What the training masks say of pieces may differ between arms, and arms must differ in their split alone.
    keepLargest: [],
    probeEvery: plan.probeEvery,
    training: itemsOf(training.training),
    probes: {
      seen: itemsOf(probesOf(training.training, false)),
      heldOut: itemsOf(probesOf(training.heldOut, true)),
    },
    versions: trainingVersions(),
  };
}

/** Why one person may stand on two sides of a plan: patients that were merged since; null when none were. */
export function mergedSince(project: Project, plan: ExperimentPlan): string | null {
  const today = new Map(project.registry.scans().map(({ scan, patient }) => [scan, patient]));
  const moved = plan.scans.find(({ scan, patient }) => (today.get(scan) ?? patient) !== patient);
  if (moved === undefined) return null;
  return `${moved.patient} and ${today.get(moved.scan) ?? ''} were found to be one person after "${plan.name}" was planned, who may now stand on two sides.`;
}

/**
 * Refuses a plan that does not fit the project any more.
 *
 * @throws HeldoutError `input` when a scan is missing or another one, or when patients were merged since: then a person may
 *   stand on two sides
 */
export function requirePlanFits(project: Project, plan: ExperimentPlan): void {
  const scans = new Map(project.registry.scans().map((scan) => [scan.scan, scan]));
  for (const { scan, voxels } of plan.scans)
    if (scans.get(scan)?.voxels !== voxels)
      throw new HeldoutError(
        'input',
        `The plan "${plan.name}" names the scan ${scan}, which is not in this project as it was planned: make a new plan.`,
      );
  const merged = mergedSince(project, plan);
  if (merged !== null) throw new HeldoutError('input', `${merged} Make a new plan.`);
}

async function blankImage(project: Project, image: string): Promise<string> {
  const { samples, geometry } = await project.voxels.get(image);
  const zeros = new ArrayBuffer(samples.byteLength);
  return project.voxels.put({
    samples: samplesFrom(sampleTypeOf(samples), zeros, 0, samples.length),
    geometry,
  });
}

async function randomMask(project: Project, plan: ExperimentPlan, scan: PlannedScan): Promise<string> {
  const { geometry } = await project.voxels.get(scan.mask);
  return project.voxels.put({
    samples: ellipseMask(randomEllipse(plan.seed, scan.patient), geometry.dims),
    geometry,
  });
}

async function foreignMask(
  project: Project,
  plan: ExperimentPlan,
  scan: PlannedScan,
  owners: ReadonlyMap<string, string>,
): Promise<string> {
  const own = plan.scans.filter(({ patient }) => patient === scan.patient);
  const theirs = plan.scans.filter(({ patient }) => patient === owners.get(scan.patient));
  const donor = theirs[own.indexOf(scan) % theirs.length] ?? scan;
  const [from, to] = [await project.voxels.get(donor.mask), await project.voxels.get(scan.mask)];
  return project.voxels.put({
    samples: stretchedMask(Uint8Array.from(from.samples), from.geometry.dims, to.geometry.dims),
    geometry: to.geometry,
  });
}
