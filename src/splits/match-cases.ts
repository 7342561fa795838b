import { HeldoutError } from '#src/contracts/failure';
import { scanNames, type NameableScan } from './match-names';
import type { SplitItem } from './split';
import type { ForeignSplit } from './split-files';
import { compareText } from './units';

/** A split of another program on the scans of a project. */
export interface MatchedSplit {
  readonly items: readonly SplitItem[];
  /** Scans that the file does not name. */
  readonly leftOut: readonly string[];
  /** Cases of the file's locked set that the project does not have. Nothing is trained on them or scored with them. */
  readonly unknownLocked: number;
}

/** Names that a sentence lists at most. */
const SHOWN = 4;

/**
 * Gives every case of another program's split its scans here, by the rules of {@link scanNames}. A case that is several
 * images (channels) has the scans of all of them.
 *
 * @throws HeldoutError `input` when a case that is not locked fits nothing, when it fits scans of several patients, or
 *   when a scan gets two folds. Cases are named by their place in the file: what a hospital calls them may be an identity
 */
export function matchCases(split: ForeignSplit, scans: readonly NameableScan[]): MatchedSplit {
  const fitsOf = scanNames(scans);
  const unknown: string[] = [];
  let unknownLocked = 0;
  const placeOf = new Map<string, string>();
  const items: SplitItem[] = [];
  for (const { names, place, fold } of split.cases) {
    const fits = names.map(fitsOf);
    const most = Math.max(...fits.map(({ parts }) => parts));
    // A channel that the project does not have may resemble another patient's, but in fewer parts of its path.
    const found = new Set(fits.flatMap(({ scans: fitting, parts }) => (parts === most ? fitting : [])));
    const patients = new Set([...found].map(({ patient }) => patient));
    if (found.size === 0 && fold === 'locked') unknownLocked += 1;
    else if (found.size === 0) unknown.push(place);
    if (patients.size > 1)
      throw new HeldoutError(
        'input',
        `${capital(place)} fits scans of ${patients.size} patients (${listed([...found].map(({ scan }) => scan))}). ` +
          'Write more of the path of its file, or the name of the scan as heldout list scans has it.',
      );
    for (const { patient, scan } of found) {
      const known = placeOf.get(scan);
      if (known !== undefined)
        throw new HeldoutError(
          'input',
          `${capital(place)} is ${scan}, and so is ${known}: name each scan once.`,
        );
      placeOf.set(scan, place);
      items.push({ patient, scan, slices: null, fold });
    }
  }
  if (unknown.length > 0)
    throw new HeldoutError(
      'input',
      `${unknown.length} of ${split.cases.length} cases of the file fit no scan with a reference mask (the first is ${unknown[0]}). ` +
        'A case is a scan or a patient as heldout list scans calls them, or the name or path of the file that it was imported from.',
    );
  return {
    items,
    leftOut: scans
      .map(({ scan }) => scan)
      .filter((scan) => !placeOf.has(scan))
      .toSorted(compareText),
    unknownLocked,
  };
}

/** Names in a sentence, the first few of many. */
export function listed(names: readonly string[], shown = SHOWN): string {
  const more = names.length - shown;
  return `${names.slice(0, shown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
