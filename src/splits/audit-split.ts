import type { AuditDocument, AuditFinding } from '#src/contracts/documents/split';
import { sharingOf, type FoldSharing, type Share } from './audit-sharing';
import { NOTHING_KNOWN, samePersonFindings, type PersonKnowledge } from './same-person';
import type { Split, SplittableScan } from './split';
import { compareText } from './units';

/** A finding lists at most this many pairs; its counts are of all of them. */
const MAXIMUM_PAIRS = 2000;

/**
 * Counts what the two sides of a split share, before anything is trained. Every fold is held out once. `scans` gives
 * the number of slices of each scan. A split by patient, and any other that happens to keep patients apart, is clean.
 *
 * Findings: `patient-both-sides` counts patients, `scan-both-sides` scans, `neighbour-slices` held-out slices that have
 * a training slice of the same scan within 1 and (a second finding) within 2. Slices are 0-based, as in the split.
 * `same-person` counts people who stand on both sides under two ids.
 *
 * @param split as it was made: with the patients of that time, even where they have been merged since
 */
export function auditSplit(
  split: Split,
  scans: readonly SplittableScan[],
  persons: PersonKnowledge = NOTHING_KNOWN,
): AuditDocument {
  const sharing = sharingOf(split, scans);
  const folds = sharing.filter((fold) => fold.fold !== 'locked');
  const findings = [
    ...sharedPatients(split, folds),
    ...sharedScans(split, folds),
    ...neighbours(folds, 1),
    ...neighbours(folds, 2),
    ...lockedPatients(sharing.filter((fold) => fold.fold === 'locked')),
    ...samePersonFindings(split, scans, persons),
  ];
  return {
    schema: 'heldout.audit/1',
    split: split.name,
    clean: !findings.some((finding) => finding.severity === 'leak'),
    findings,
  };
}

/** How many patients would stand on both sides, of how many outside the locked set. */
export function sharedPatientCount(split: Split, scans: readonly SplittableScan[]): Share {
  const folds = sharingOf(split, scans).filter((fold) => fold.fold !== 'locked');
  return { count: distinct(folds.flatMap((fold) => fold.patients)).length, of: openPatients(split) };
}

function sharedPatients(split: Split, folds: readonly FoldSharing[]): AuditFinding[] {
  const patients = distinct(folds.flatMap((fold) => fold.patients));
  if (patients.length === 0) return [];
  const of = openPatients(split);
  const scans = total(folds.map((fold) => fold.scansOfSharedPatients));
  return [
    {
      kind: 'patient-both-sides',
      severity: 'leak',
      count: patients.length,
      of,
      patients,
      pairs: listed(folds.flatMap((fold) => fold.scanPairs)),
      sentence:
        `${patients.length} of ${of} patients stand on both sides: for ${scans.count} of ${scans.of} held-out scans ` +
        `(${percent(scans)}) the model trains on the same patient${turns(folds)}.`,
      folds: folds.map((fold) => ({
        fold: Number(fold.fold),
        count: fold.patients.length,
        of: fold.heldOutPatients,
      })),
      heldOutUnits: { unit: 'scans', ...scans },
    },
  ];
}

function sharedScans(split: Split, folds: readonly FoldSharing[]): AuditFinding[] {
  const shared = folds.flatMap((fold) => fold.sharedScans);
  const names = distinct(shared.map((entry) => entry.scan));
  if (names.length === 0) return [];
  const of = distinct(split.items.filter((item) => item.fold !== 'locked').map((item) => item.scan)).length;
  const heldOut = total(folds.map((fold) => ({ count: fold.sharedScans.length, of: fold.heldOutScans })));
  const name = (scan: string, [first, last]: readonly [number, number]) => `${scan}[${first}-${last}]`;
  return [
    {
      kind: 'scan-both-sides',
      severity: 'leak',
      count: names.length,
      of,
      patients: distinct(shared.map((entry) => entry.patient)),
      pairs: listed(
        shared.map((entry) => [name(entry.scan, entry.heldOut), name(entry.scan, entry.training)]),
      ),
      sentence: `${names.length} of ${of} scans are cut apart: some of their slices train, others are held out.`,
      folds: folds.map((fold) => ({
        fold: Number(fold.fold),
        count: fold.sharedScans.length,
        of: fold.heldOutScans,
      })),
      heldOutUnits: { unit: 'scans', ...heldOut },
    },
  ];
}

function neighbours(folds: readonly FoldSharing[], distance: 1 | 2): AuditFinding[] {
  const shareOf = (fold: FoldSharing) => fold.neighbours[distance === 1 ? 'within1' : 'within2'];
  const share = total(folds.map(shareOf));
  if (share.count === 0) return [];
  const pairs = folds
    .flatMap((fold) => fold.neighbourPairs)
    .filter((pair) => Math.abs(pair.heldOut - pair.training) <= distance);
  return [
    {
      kind: 'neighbour-slices',
      severity: 'leak',
      ...share,
      patients: distinct(pairs.map((pair) => pair.patient)),
      pairs: listed(pairs.map((pair) => [`${pair.scan}[${pair.heldOut}]`, `${pair.scan}[${pair.training}]`])),
      sentence:
        `${share.count} of ${share.of} held-out slices (${percent(share)}) have a training slice of the same scan ` +
        `${distance === 1 ? 'right beside them' : 'at most two slices away'}.`,
      folds: folds.map((fold) => ({ fold: Number(fold.fold), ...shareOf(fold) })),
      heldOutUnits: { unit: 'slices', ...share },
      within: distance,
    },
  ];
}

/** Cannot come from makeSplit, but a split may have been made elsewhere. */
function lockedPatients(locked: readonly FoldSharing[]): AuditFinding[] {
  return locked
    .filter((fold) => fold.patients.length > 0)
    .map((fold) => ({
      kind: 'patient-both-sides',
      severity: 'leak',
      count: fold.patients.length,
      of: fold.heldOutPatients,
      patients: [...fold.patients],
      pairs: listed(fold.scanPairs),
      sentence:
        `${fold.patients.length} of ${fold.heldOutPatients} patients of the locked set are also in the folds ` +
        `that train: the locked set is not locked.`,
    }));
}

function openPatients(split: Split): number {
  return distinct(split.items.filter((item) => item.fold !== 'locked').map((item) => item.patient)).length;
}

function turns(folds: readonly FoldSharing[]): string {
  return folds.length > 1 ? ', each fold held out once' : '';
}

/** Each pair once, whichever of the two was held out, at most {@link MAXIMUM_PAIRS}. */
function listed(pairs: readonly (readonly [string, string])[]): [string, string][] {
  const known = new Map<string, [string, string]>();
  for (const [a, b] of pairs) {
    const key = compareText(a, b) <= 0 ? `${a}\u0000${b}` : `${b}\u0000${a}`;
    if (!known.has(key)) known.set(key, [a, b]);
  }
  return [...known.values()].slice(0, MAXIMUM_PAIRS);
}

function total(shares: readonly Share[]): Share {
  return {
    count: shares.reduce((sum, share) => sum + share.count, 0),
    of: shares.reduce((sum, share) => sum + share.of, 0),
  };
}

function percent({ count, of }: Share): string {
  return `${((100 * count) / of).toFixed(1)} %`;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort(compareText);
}
