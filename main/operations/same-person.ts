import type { MergeDocument } from '#src/contracts/documents/merge';
import type { Merge } from '#src/registry/records';
import { samePersonSuggestions, type SamePersonSuggestion } from '#src/registry/same-person';
import { wouldLeak, type PersonKnowledge } from '#src/splits/same-person';
import type { JobContext } from '#main/jobs/context';
import type { Project } from '#main/store/project';
import type { Registry } from '#main/store/registry';
import { compareScans } from './compare-scans';

/** Pairs of patients that an import names one by one. */
const MOST_WARNINGS = 10;
const WHERE = 'see heldout merge suggest, or the Library';

/**
 * Pairs of patients that look like one person, and the merges so far. Scans that were not compared yet are
 * compared now; those whose voxels cannot be read are named in `notCompared`.
 *
 * @throws HeldoutError `cancelled`
 */
export async function suggestMerges(project: Project, context: JobContext): Promise<MergeDocument> {
  const { registry } = project;
  const notCompared = await compareScans(project, context);
  const splits = registry.splits();
  return {
    schema: 'heldout.merge/1',
    suggestions: suggestionsOf(registry).map(({ patients, strength, reasons }) => ({
      patients: [...patients],
      strength,
      reasons: [...reasons],
      wouldLeak: splits.filter((split) => wouldLeak(split, patients)).map(({ name }) => name),
    })),
    merges: registry.persons.merges().map((merge) => ({ ...merge, scans: [...merge.scans] })),
    notCompared,
  };
}

/**
 * Makes two patients one: the scans of `other` belong to `keep` from now on, also those imported later. Splits that have
 * the two on different sides are marked as leaking by their audit.
 *
 * @throws HeldoutError `not-found` for an unknown patient, `conflict` when one of them is merged already
 */
export function mergePatients(project: Project, keep: string, other: string, reason = ''): Merge {
  return project.registry.persons.merge(keep, other, reason);
}

/** Takes a merge back, whatever was imported since. @throws HeldoutError `not-found`, `conflict` when undone already */
export function undoMerge(project: Project, mergeId: number): Merge {
  return project.registry.persons.undo(mergeId);
}

/** Remembers that two patients are two people. @throws HeldoutError `not-found`, `conflict` when they are merged */
export function dismissSuggestion(project: Project, first: string, second: string): void {
  project.registry.persons.dismiss(first, second);
}

/** What the audit of a split must know of merged patients and of those who look like one person. */
export function personKnowledge({ registry }: Project): PersonKnowledge {
  return {
    personOf: registry.persons.personNames(),
    merges: registry.persons.merges().filter(({ undoneAt }) => undoneAt === null),
    suspected: suggestionsOf(registry)
      .filter(({ strength }) => strength === 'strong')
      .map(({ patients, reasons }) => ({ patients, reasons: reasonsInWords(reasons) })),
  };
}

/**
 * A line for each pair of patients that looks like one person since an import, of which `before` knew nothing; many of
 * them are counted after the first few.
 */
export function newSuggestionWarnings(project: Project, before: ReadonlySet<string>): string[] {
  const found = strongSuggestions(project).filter(({ patients }) => !before.has(patients.join(' ')));
  const more = found.length - MOST_WARNINGS;
  return [
    ...found
      .slice(0, MOST_WARNINGS)
      .map(
        ({ patients: [first, second], reasons }) =>
          `${second} may be the same person as ${first} (${reasonsInWords(reasons)}): ${WHERE}.`,
      ),
    ...(more > 0
      ? [`${more} more ${more === 1 ? 'pair' : 'pairs'} of patients may be the same person: ${WHERE}.`]
      : []),
  ];
}

/** The pairs that are suggested now, for {@link newSuggestionWarnings}. */
export function suggestedPairs(project: Project): Set<string> {
  return new Set(strongSuggestions(project).map(({ patients }) => patients.join(' ')));
}

const strongSuggestions = ({ registry }: Project) =>
  suggestionsOf(registry).filter(({ strength }) => strength === 'strong');

const reasonsInWords = (reasons: SamePersonSuggestion['reasons']) =>
  reasons
    .filter(({ strength }) => strength === 'strong')
    .map(({ sentence }) => sentence)
    .join(', ');

/** Suggestions from what is stored; scans that were not compared yet count by their headers only. */
function suggestionsOf(registry: Registry): SamePersonSuggestion[] {
  const dismissed = new Set(registry.persons.dismissed().flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
  return samePersonSuggestions(registry.persons.traits(), registry.persons.alikeScans(), (a, b) =>
    dismissed.has(`${a} ${b}`),
  );
}
