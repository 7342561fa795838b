import type { MarksDocument } from '#src/contracts/documents/reading';
import type { Mark } from '#src/readers/reading';
import type { PredictionMark } from '#src/readers/session';

/** What marks are called, in the order of the keys 1, 2, 3, with the sign that stands in narrow places. */
export const MARK_NAMES: readonly { readonly mark: Mark; readonly name: string; readonly sign: string }[] = [
  { mark: 'agree', name: 'Agree', sign: '✓' },
  { mark: 'acceptable', name: 'Acceptable', sign: '~' },
  { mark: 'wrong', name: 'Wrong', sign: '✗' },
];

/** Which patients a list shows. */
export type MarkFilter = 'all' | Mark | 'unmarked' | 'noted';

export const FILTERS: readonly { readonly filter: MarkFilter; readonly name: string }[] = [
  { filter: 'all', name: 'all patients' },
  { filter: 'wrong', name: 'marked wrong' },
  { filter: 'acceptable', name: 'marked acceptable' },
  { filter: 'agree', name: 'marked agree' },
  { filter: 'unmarked', name: 'not marked yet' },
  { filter: 'noted', name: 'with a note' },
];

/** What the person at this computer has said of the prediction for a scan; undefined for nothing. */
export function ownMark(document: MarksDocument | null, scan: string): PredictionMark | undefined {
  return document?.marks.find((each) => each.scan === scan && each.reader === document.reader);
}

/** Whether a patient with these scans belongs into the list; marks of all readers count. */
export function isListed(
  document: MarksDocument | null,
  scans: readonly { readonly scan: string }[],
  filter: MarkFilter,
): boolean {
  if (filter === 'all' || document === null) return true;
  const own = document.marks.filter((mark) => scans.some(({ scan }) => scan === mark.scan));
  if (filter === 'unmarked') return !own.some(({ mark }) => mark !== null);
  if (filter === 'noted') return own.some(({ note }) => note !== '');
  return own.some(({ mark }) => mark === filter);
}

/** The worst mark that any reader gave to one of the scans, for the list; null without any. */
export function worstMark(
  document: MarksDocument | null,
  scans: readonly { readonly scan: string }[],
): (typeof MARK_NAMES)[number] | null {
  const given = (document?.marks ?? []).filter((mark) => scans.some(({ scan }) => scan === mark.scan));
  return MARK_NAMES.findLast(({ mark }) => given.some((each) => each.mark === mark)) ?? null;
}
