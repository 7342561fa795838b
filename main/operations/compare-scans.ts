import { HeldoutError } from '#src/contracts/failure';
import { CopyFinder } from '#src/imaging/copies/copy-finder';
import { isPortrait, portraitOf } from '#src/imaging/copies/portrait';
import { SURE_COPY_DISTANCE } from '#src/imaging/fingerprint';
import { MANY } from '#src/registry/same-person';
import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import type { AlikePair } from '#main/store/persons';
import type { Project } from '#main/store/project';

/** Scans whose comparisons are kept in one transaction: what is lost when the program is killed. */
const BATCH = 500;
/** After so many milliseconds the window gets its turn. */
const TURN_MS = 10;

/**
 * Compares every scan that is new with all others by their portraits, and keeps which scans of two patients look alike.
 * Scans that came before portraits did get theirs now.
 *
 * @returns names of the scans that could not be compared because their voxels cannot be read
 * @throws HeldoutError `cancelled`; what was compared until then is kept
 */
export async function compareScans(project: Project, context: JobContext): Promise<string[]> {
  const { persons } = project.registry;
  if (persons.uncomparedCount() === 0) return [];
  const unreadable = await fillFingerprints(project, context);
  const scans = persons
    .fingerprints()
    .flatMap(({ fingerprint, ...scan }) => (fingerprint === null ? [] : [{ ...scan, head: fingerprint }]));
  const compared: { readonly scanId: number; readonly ownPatientId: number }[] = [];
  const finder = new CopyFinder((index) => persons.portrait(compared[index]?.scanId ?? NaN));
  const add = ({ head, geometry, scanId, ownPatientId }: (typeof scans)[number]) => {
    finder.add(head, geometry);
    compared.push({ scanId, ownPatientId });
  };
  for (const scan of scans) if (scan.isCompared) add(scan);
  const known = new KnownCopies(persons.alikeWithin(SURE_COPY_DISTANCE));

  const fresh = scans.filter(({ isCompared }) => !isCompared);
  let pairs: AlikePair[] = [];
  let done: number[] = [];
  let turnEnds = performance.now() + TURN_MS;
  for (const [index, scan] of fresh.entries()) {
    const { scanId, ownPatientId, geometry } = scan;
    const isSkipped = (other: number) => known.tellsAll(ownPatientId, compared[other]?.ownPatientId ?? NaN);
    const copies = known.isCommon(ownPatientId)
      ? []
      : finder.copiesOf(persons.portrait(scanId), geometry, isSkipped);
    for (const [other, distance] of copies) {
      const found = compared[other];
      if (found === undefined || isSkipped(other)) continue;
      pairs.push({
        patientIds: [ownPatientId, found.ownPatientId],
        scanIds: [scanId, found.scanId],
        distance,
      });
      if (distance <= SURE_COPY_DISTANCE) known.add(ownPatientId, found.ownPatientId);
    }
    add(scan);
    done.push(scanId);
    if (done.length >= BATCH || index === fresh.length - 1) {
      persons.noteCompared(done, pairs);
      [done, pairs] = [[], []];
    }
    if (performance.now() > turnEnds) {
      await new Promise((resolve) => setImmediate(resolve));
      throwIfCancelled(context);
      context.report({
        done: index + 1,
        total: fresh.length,
        unit: 'scans',
        message: 'Looking for the same person under two ids',
      });
      turnEnds = performance.now() + TURN_MS;
    }
  }
  return unreadable;
}

/** Which patients have nearly identical images, as far as it is known. */
class KnownCopies {
  readonly #others = new Map<number, Set<number>>();

  constructor(pairs: readonly (readonly [number, number])[]) {
    for (const pair of pairs) this.add(...pair);
  }

  add(one: number, other: number): void {
    this.#of(one).add(other);
    this.#of(other).add(one);
  }

  /** Whether so many patients have the same images that no pair of them will be named. */
  isCommon(patient: number): boolean {
    return (this.#others.get(patient)?.size ?? 0) > MANY;
  }

  /** Whether comparing more scans of the two would tell nothing. */
  tellsAll(one: number, other: number): boolean {
    return one === other || this.isCommon(other) || this.#others.get(one)?.has(other) === true;
  }

  #of(patient: number): Set<number> {
    const others = this.#others.get(patient) ?? new Set();
    this.#others.set(patient, others);
    return others;
  }
}

/** Names of the scans that have no portrait because their voxels cannot be read. */
async function fillFingerprints(project: Project, context: JobContext): Promise<string[]> {
  const { persons } = project.registry;
  const missing = persons
    .fingerprints()
    .filter(({ fingerprint }) => fingerprint === null || !isPortrait(fingerprint));
  const unreadable: string[] = [];
  for (const [done, { scanId, scan }] of missing.entries()) {
    throwIfCancelled(context);
    context.report({ done, total: missing.length, unit: 'scans', message: 'Looking for copies of scans' });
    try {
      const volume = await project.voxels.get(project.registry.scan(scanId).voxels);
      persons.setFingerprint(scanId, portraitOf(volume));
    } catch (error) {
      // A damaged or missing voxel file says so where the scan is opened; here it must not hide the other pairs.
      if (!(error instanceof HeldoutError)) throw error;
      unreadable.push(scan);
    }
  }
  return unreadable;
}
