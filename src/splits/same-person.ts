import type { AuditFinding } from '#src/contracts/documents/split';
import { sharingOf } from './audit-sharing';
import type { Split, SplittableScan } from './split';
import { compareText } from './units';

/** A merge of two patients that counts today. */
export interface PatientMerge {
  readonly kept: string;
  readonly merged: string;
  /** ISO 8601. */
  readonly at: string;
}

/** What is known of one person under two ids, for the audit of a split. */
export interface PersonKnowledge {
  /** Who each patient is today: their name after merging. Those who are not merged may be missing. */
  readonly personOf: ReadonlyMap<string, string>;
  readonly merges: readonly PatientMerge[];
  /** Pairs that look like one person and have not been answered, with the reasons in words. */
  readonly suspected: readonly { readonly patients: readonly [string, string]; readonly reasons: string }[];
}

export const NOTHING_KNOWN: PersonKnowledge = { personOf: new Map(), merges: [], suspected: [] };

/** A finding lists at most this many pairs of scans. */
const MAXIMUM_PAIRS = 2000;

/** The split with each item under the patient that it belongs to today. */
export function withPersons(split: Split, personOf: ReadonlyMap<string, string>): Split {
  if (!split.items.some(({ patient }) => (personOf.get(patient) ?? patient) !== patient)) return split;
  return {
    ...split,
    items: split.items.map((item) => ({ ...item, patient: personOf.get(item.patient) ?? item.patient })),
  };
}

/**
 * One person on both sides of a split under two ids: a leak where the two were merged since, a warning where they only
 * look like one. The locked set counts as a side.
 *
 * @param split as it was made, with the patients of that time
 */
export function samePersonFindings(
  split: Split,
  scans: readonly SplittableScan[],
  { personOf, merges, suspected }: PersonKnowledge,
): AuditFinding[] {
  const of = new Set(split.items.map(({ patient }) => personOf.get(patient) ?? patient)).size;
  const merged = crossing(split, scans, personOf);
  const findings: AuditFinding[] = [];
  if (merged.patients.length > 0)
    findings.push({
      kind: 'same-person',
      severity: 'leak',
      count: new Set(merged.patients.map((patient) => personOf.get(patient) ?? patient)).size,
      of,
      patients: merged.patients,
      pairs: merged.pairs,
      sentence: mergedSentence(merged, merges, split.createdAt),
    });
  const doubtful = suspected.flatMap(({ patients: [a, b], reasons }) => {
    // As if the two were merged; what other merges put on both sides is a finding of its own.
    const asOne = new Map([...personOf].map(([patient, person]) => [patient, person === b ? a : person]));
    asOne.set(b, a);
    const both = crossing(
      split,
      scans,
      asOne,
      (one, other) => (personOf.get(one) ?? one) !== (personOf.get(other) ?? other),
    );
    return both.patients.length === 0 ? [] : [{ ...both, names: `${b} and ${a}`, reasons }];
  });
  if (doubtful.length > 0)
    findings.push({
      kind: 'same-person',
      severity: 'warning',
      count: doubtful.length,
      of,
      patients: distinct(doubtful.flatMap(({ patients }) => patients)),
      pairs: doubtful.flatMap(({ pairs }) => pairs).slice(0, MAXIMUM_PAIRS),
      sentence:
        `${listed(doubtful.map(({ names, reasons }) => `${names} (${reasons})`))} may be one person and stand on both ` +
        'sides. Merge them or say that they are two people: heldout merge suggest, or the Library.',
    });
  return findings;
}

/**
 * Whether taking these two patients for one person would put that person on both sides of the split, who is not now.
 *
 * @param split with the patients of today
 */
export function wouldLeak(split: Split, [a, b]: readonly [string, string]): boolean {
  return crossing(split, [], new Map([[b, a]])).patients.length > 0;
}

interface Crossing {
  /** As they were called when the split was made. */
  readonly patients: string[];
  readonly pairs: [heldOut: string, training: string][];
}

/** Pairs of held-out and training scans that belong to one person today and to two patients in the split as made. */
function crossing(
  split: Split,
  scans: readonly SplittableScan[],
  personOf: ReadonlyMap<string, string>,
  concerns: (heldOut: string, training: string) => boolean = () => true,
): Crossing {
  const today = withPersons(split, personOf);
  if (today === split) return { patients: [], pairs: [] };
  const asMade = new Map(split.items.map(({ scan, patient }) => [scan, patient]));
  const patients = new Set<string>();
  const pairs = new Map<string, [string, string]>();
  for (const { scanPairs } of sharingOf(today, scans))
    for (const [heldOut, training] of scanPairs) {
      const [one, other] = [asMade.get(heldOut) ?? '', asMade.get(training) ?? ''];
      if (one === other || !concerns(one, other)) continue;
      patients.add(one).add(other);
      const key = [heldOut, training].sort(compareText).join('\u0000');
      if (!pairs.has(key)) pairs.set(key, [heldOut, training]);
    }
  return { patients: [...patients].sort(compareText), pairs: [...pairs.values()].slice(0, MAXIMUM_PAIRS) };
}

function mergedSentence({ patients }: Crossing, merges: readonly PatientMerge[], createdAt: string): string {
  const concerned = merges.filter(({ merged, kept }) => patients.includes(merged) || patients.includes(kept));
  const said = concerned.map(
    ({ merged, kept, at }) =>
      `${merged} was merged into ${kept} ${at > createdAt ? 'after' : 'before'} this split was made`,
  );
  return `${listed(said)}: this person stands on both sides under two ids.`;
}

/** At most five of them, and how many more. */
function listed(sentences: readonly string[]): string {
  const [shown, more] = [sentences.slice(0, 5), sentences.length - 5];
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort(compareText);
}
