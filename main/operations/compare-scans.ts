import { CopyFinder } from '#src/imaging/copies/copy-finder';
import {
  copiesOf,
  FINGERPRINT_BYTES,
  printOf,
  SURE_COPY_DISTANCE,
  type Print,
} from '#src/imaging/fingerprint';
import { voxelCount } from '#src/imaging/geometry';
import { MANY } from '#src/registry/same-person';
import { FileCrash, openImportPool } from '#main/dicom/import-pool';
import { inOrder } from '#main/dicom/in-order';
import { throttled, throwIfCancelled, type JobContext } from '#main/jobs/context';
import type { AlikePair, FingerprintedScan } from '#main/store/persons';
import type { Project } from '#main/store/project';

/** Scans whose comparisons are kept in one transaction: what is lost when the program is killed. */
const BATCH = 500;
/** A person may be using the window meanwhile. */
const PORTRAIT_WORKERS = 2;
/** Portraits that are kept in one transaction: what is lost when the program is killed. */
const PORTRAITS_TOGETHER = 32;
const MOST_SAMPLE_BYTES = 4;
/** After so many milliseconds the window gets its turn. */
const TURN_MS = 10;

/** A scan with what it is compared by. */
type Comparable = FingerprintedScan & { readonly fingerprint: Uint8Array };

/** Finds scans that look like another one among those that were added. */
interface Search {
  add(scan: Comparable): void;
  /** Numbers of the added scans, in the order of adding, that look like this one, with their distances. */
  copiesOf(
    scan: Comparable,
    isSkipped: (index: number) => boolean,
  ): readonly (readonly [index: number, distance: number])[];
}

/**
 * Compares every scan that is new with all others by their portraits, and keeps which scans of two patients look alike.
 * Scans that have no portrait yet get theirs now: an import leaves them out, because they cost as much as all the rest
 * of it.
 *
 * @returns names of the scans that could not be compared because their voxels cannot be read
 * @throws HeldoutError `cancelled`; what was compared until then is kept
 */
export async function compareScans(project: Project, context: JobContext): Promise<string[]> {
  // The Library and an audit may ask at the same time: the second one waits, and finds the work done.
  const before = underWay.get(project);
  const own = (before ?? Promise.resolve()).then(() => comparePortraits(project, context));
  underWay.set(
    project,
    own.then(
      () => undefined,
      () => undefined,
    ),
  );
  return own;
}

/** The end of the last comparison of a project, however it ended. */
const underWay = new WeakMap<Project, Promise<void>>();

async function comparePortraits(project: Project, context: JobContext): Promise<string[]> {
  throwIfCancelled(context);
  const { persons } = project.registry;
  if (persons.uncomparedCount() === 0) return [];
  const progress = throttled(context);
  const unreadable = await fillPortraits(project, progress);
  const scans = persons.fingerprints().filter(isComparable);
  const ids: number[] = [];
  const finder = new CopyFinder((index) => persons.portrait(ids[index] ?? NaN));
  const search: Search = {
    add({ fingerprint, geometry, scanId }) {
      finder.add(fingerprint, geometry);
      ids.push(scanId);
    },
    copiesOf: ({ scanId, geometry }, isSkipped) =>
      finder.copiesOf(persons.portrait(scanId), geometry, isSkipped),
  };
  await compareWith(project, scans, search, progress);
  return unreadable;
}

/**
 * Compares the scans of an import with all others by their fingerprints alone, which finds copies of whole scans and
 * takes no time to speak of. {@link compareScans} looks at them again, and closer.
 *
 * @throws HeldoutError `cancelled`; what was compared until then is kept
 */
export async function compareFingerprints(project: Project, context: JobContext): Promise<void> {
  const { persons } = project.registry;
  // One with a portrait waits for compareScans: to call it compared now would leave out what only that finds.
  const scans = persons
    .fingerprints(FINGERPRINT_BYTES + 1)
    .filter(isComparable)
    .filter(({ isCompared, fingerprint }) => isCompared || fingerprint.length === FINGERPRINT_BYTES);
  const prints: Print[] = [];
  const own = ({ fingerprint, geometry }: Comparable) => printOf(fingerprint, geometry);
  const search: Search = {
    add: (scan) => prints.push(own(scan)),
    copiesOf: (scan, isSkipped) => copiesOf(own(scan), prints, isSkipped),
  };
  await compareWith(project, scans, search, context);
}

const isComparable = (scan: FingerprintedScan): scan is Comparable => scan.fingerprint !== null;

async function compareWith(
  { registry: { persons } }: Project,
  scans: readonly Comparable[],
  search: Search,
  context: JobContext,
): Promise<void> {
  const compared: Comparable[] = [];
  const add = (scan: Comparable) => {
    search.add(scan);
    compared.push(scan);
  };
  for (const scan of scans) if (scan.isCompared) add(scan);
  const known = new KnownCopies(persons.alikeWithin(SURE_COPY_DISTANCE));

  const fresh = scans.filter(({ isCompared }) => !isCompared);
  let pairs: AlikePair[] = [];
  let done: number[] = [];
  let turnEnds = performance.now() + TURN_MS;
  for (const [index, scan] of fresh.entries()) {
    const { scanId, ownPatientId } = scan;
    const isSkipped = (other: number) => known.tellsAll(ownPatientId, compared[other]?.ownPatientId ?? NaN);
    for (const [other, distance] of known.isCommon(ownPatientId) ? [] : search.copiesOf(scan, isSkipped)) {
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

/**
 * Gives every scan its portrait, in workers: one of a large volume takes half a second, in which the window must not stand.
 *
 * @returns names of the scans that have none because their voxels cannot be read
 */
async function fillPortraits(project: Project, context: JobContext): Promise<string[]> {
  const { registry, voxels } = project;
  const missing = registry.persons.withoutPortrait();
  if (missing.length === 0) return [];
  const unreadable: string[] = [];
  const pool = openImportPool({ size: PORTRAIT_WORKERS });
  try {
    const portraits = inOrder(missing, 2 * pool.size, async (scan) => {
      const { voxels: sha256, geometry } = registry.scan(scan.scanId);
      const bytes = MOST_SAMPLE_BYTES * voxelCount(geometry.dims);
      const portrait = await pool
        .run('portrait', { voxelFolder: voxels.folder, sha256, bytes })
        .catch((error: unknown) => {
          if (error instanceof FileCrash) return null;
          throw error;
        });
      return { ...scan, portrait };
    });
    let done = 0;
    let made: { readonly scanId: number; readonly portrait: Uint8Array }[] = [];
    for await (const { scanId, scan, portrait } of portraits) {
      throwIfCancelled(context);
      // A damaged or missing voxel file says so where the scan is opened; here it must not hide the other pairs.
      if (portrait === null) unreadable.push(scan);
      else made.push({ scanId, portrait });
      if (made.length >= PORTRAITS_TOGETHER) {
        registry.persons.keepPortraits(made);
        made = [];
      }
      context.report({
        done: ++done,
        total: missing.length,
        unit: 'scans',
        message: 'Looking for copies of scans',
      });
    }
    registry.persons.keepPortraits(made);
  } finally {
    await pool.close();
  }
  return unreadable;
}
