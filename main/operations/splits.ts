import type { SplitPlan, SplitPreview } from '#src/contracts/channels';
import type { AuditDocument } from '#src/contracts/documents/split';
import { HeldoutError } from '#src/contracts/failure';
import { phaseNames } from '#src/registry/phase-names';
import type { Scan } from '#src/registry/records';
import { auditSplit, sharedPatientCount } from '#src/splits/audit-split';
import { makeSplit } from '#src/splits/make-split';
import { samePersonFindings } from '#src/splits/same-person';
import { SPLIT_DESIGNS, type Split, type SplitDesign, type SplittableScan } from '#src/splits/split';
import { unitsOf } from '#src/splits/units';
import type { JobContext } from '#main/jobs/context';
import type { Project } from '#main/store/project';
import { compareScans } from './compare-scans';
import { personKnowledge } from './same-person';

/** A plan with what only the command line offers. */
export type FullSplitPlan = SplitPlan & { readonly stratify?: readonly string[] };

/**
 * The scans that a split can be made from: those with a reference mask. A mask without a voxel counts once its
 * reader has called it done (there is nothing to see in the scan), not when it was merely opened.
 */
export function splittableScans(project: Project): SplittableScan[] {
  const patients = new Map(project.registry.patients().map((patient) => [patient.patient, patient]));
  const scans = project.registry
    .scans()
    .filter(({ mask }) => mask !== null && (mask.status === 'done' || holdsVoxels(mask.voxels)));
  const positions = timePositions(scans);
  return scans.map((scan) => ({
    patient: scan.patient,
    scan: scan.scan,
    view: scan.view,
    phase: positions.get(scan.scan) ?? scan.phase,
    site: patients.get(scan.patient)?.site ?? null,
    condition: patients.get(scan.patient)?.condition ?? null,
    slices: scan.geometry.dims[2],
  }));
}

/**
 * Makes a split of all scans with a reference mask and stores it for good.
 * @throws HeldoutError `usage` when the plan cannot be met, `conflict` when the name exists.
 */
export function createSplit(
  project: Project,
  request: { readonly name: string; readonly plan: FullSplitPlan },
): Split {
  const split = plannedSplit(splittableScans(project), request.name, request.plan);
  project.registry.addSplit(split);
  return split;
}

/** What the plan would give and leak, and what every other design would; nothing is stored. */
export function previewSplit(project: Project, plan: FullSplitPlan): SplitPreview {
  const scans = splittableScans(project);
  const split = plannedSplit(scans, 'preview', plan);
  return {
    split,
    audit: auditSplit(split, scans, personKnowledge(project)),
    wouldLeak: SPLIT_DESIGNS.flatMap((design) => {
      const other = design === plan.design ? split : plannedUnder(design, scans, plan);
      if (!other) return [];
      const { count, of } = sharedPatientCount(other, scans);
      return [{ design, patients: count, of }];
    }),
  };
}

/**
 * The leak audit of a stored split, after every scan was compared with the others.
 *
 * @throws HeldoutError `not-found`, `cancelled`
 */
export async function auditThoroughly(
  project: Project,
  name: string,
  context: JobContext,
): Promise<AuditDocument> {
  await compareScans(project, context);
  return auditStored(project, name);
}

/** The leak audit of a stored split, with what is known today of who is the same person. */
export function auditStored(project: Project, name: string): AuditDocument {
  return auditSplit(project.registry.splitAsMade(name), splittableScans(project), personKnowledge(project));
}

/** Why a stored split leaks through patients that were merged since, in a sentence; null when it does not. */
export function leakByMerging(project: Project, name: string): string | null {
  const persons = { ...personKnowledge(project), suspected: [] };
  return samePersonFindings(project.registry.splitAsMade(name), [], persons)[0]?.sentence ?? null;
}

function plannedSplit(scans: readonly SplittableScan[], name: string, plan: FullSplitPlan): Split {
  const { design, folds, heldOut, locked, seed, stratify } = plan;
  return makeSplit(scans, {
    name,
    design,
    folds,
    heldOut,
    locked,
    seed,
    createdAt: new Date().toISOString(),
    ...(stratify === undefined ? {} : { stratify }),
  });
}

/** The same plan under another design, with as many folds as it has units; null where it cannot be made. */
function plannedUnder(
  design: SplitDesign,
  scans: readonly SplittableScan[],
  { stratify: _, ...plan }: FullSplitPlan,
): Split | null {
  try {
    const folds = plan.folds === null ? null : Math.min(plan.folds, unitsOf(design, scans, []).length);
    return plannedSplit(scans, 'preview', { ...plan, design, folds });
  } catch (error) {
    if (error instanceof HeldoutError && error.failure.code === 'usage') return null;
    throw error;
  }
}

/**
 * 0 for end diastole and 1 for end systole, by scan, in the series whose two masked phases are these: scanners begin to
 * count anywhere in the heartbeat, and a split by view must have the same phase of everybody on one side.
 */
function timePositions(scans: readonly Scan[]): Map<string, number> {
  const names = phaseNames(scans);
  const masked = new Map<number, number>();
  for (const { seriesId } of scans) masked.set(seriesId, (masked.get(seriesId) ?? 0) + 1);
  return new Map(
    scans
      .filter(({ seriesId }) => masked.get(seriesId) === 2)
      .map(({ scan }) => [scan, ['ED', 'ES'].indexOf(names.get(scan)?.name ?? '')] as const)
      .filter(([, position]) => position >= 0),
  );
}

function holdsVoxels(voxels: Readonly<Record<string, number>>): boolean {
  return Object.values(voxels).some((count) => count > 0);
}
