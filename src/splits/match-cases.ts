import { HeldoutError } from '#src/contracts/failure';
import type { SplitItem, SplittableScan } from './split';
import type { ForeignSplit } from './split-files';

/** A scan with the names that another program may know it by. */
export interface NameableScan extends Pick<SplittableScan, 'patient' | 'scan'> {
  /** The path that it was imported from; null when it is not known. */
  readonly sourcePath: string | null;
}

/** The name of a file without its folders, the endings of image files, and nnU-Net's channel. */
function stemOf(name: string): string {
  return (name.split(/[/\\]/u).at(-1) ?? '')
    .replace(/\.(?:nii\.gz|nii|dcm|nrrd|mha|zip)$/iu, '')
    .replace(/_0000$/u, '');
}

/**
 * Gives every case of another program's split its scans here: the scan of that name, or else all scans of the patient of
 * that name, or else the scans that came from a file or folder of that name.
 *
 * @throws HeldoutError `input` when a case fits nothing, or a scan gets two folds. Cases are named by their number: what a
 *   hospital calls them may be an identity
 */
export function matchCases(split: ForeignSplit, scans: readonly NameableScan[]): SplitItem[] {
  const byScan = grouped(scans, ({ scan }) => [scan]);
  const byPatient = grouped(scans, ({ patient }) => [patient]);
  const byFile = grouped(scans, ({ sourcePath }) => sourcePath?.split(/[/\\]/u).map(stemOf) ?? []);
  const unknown: number[] = [];
  const foldOf = new Map<string, number | 'locked'>();
  const items: SplitItem[] = [];
  split.cases.forEach(({ name, fold }, index) => {
    const stem = stemOf(name);
    const found =
      byScan.get(name) ?? byPatient.get(name) ?? byScan.get(stem) ?? byPatient.get(stem) ?? byFile.get(stem);
    if (found === undefined) unknown.push(index + 1);
    for (const { patient, scan } of found ?? []) {
      const known = foldOf.get(scan);
      if (known !== undefined)
        throw new HeldoutError(
          'input',
          `Case ${index + 1} of the file is ${scan}, and so is an earlier one: name each scan once.`,
        );
      foldOf.set(scan, fold);
      items.push({ patient, scan, slices: null, fold });
    }
  });
  if (unknown.length > 0)
    throw new HeldoutError(
      'input',
      `${unknown.length} of ${split.cases.length} cases of the file fit no scan with a reference mask (the first is case ${unknown[0]}). ` +
        'A case is a scan or a patient as heldout list scans calls them, or the name of the file that it was imported from.',
    );
  return items;
}

function grouped(
  scans: readonly NameableScan[],
  keysOf: (scan: NameableScan) => readonly string[],
): ReadonlyMap<string, readonly NameableScan[]> {
  const groups = new Map<string, NameableScan[]>();
  for (const scan of scans)
    for (const key of new Set(keysOf(scan))) {
      const group = groups.get(key) ?? [];
      group.push(scan);
      groups.set(key, group);
    }
  return groups;
}
