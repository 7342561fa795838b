import type { MergePairsDocument } from '#src/contracts/documents/merge-pairs';
import { HeldoutError } from '#src/contracts/failure';
import { parsePatientPairs, type PatientPair } from '#src/registry/patient-pairs';
import { wouldLeak } from '#src/splits/same-person';
import type { Project } from '#main/store/project';

/** Lines with an error that are named one by one. */
const MOST_NAMED = 5;

/**
 * Makes the two patients of every line one, all or none of them. Patients go by their names in the project; one that is
 * merged already stands for the patient that it was merged into, so that the same file again changes nothing.
 *
 * @param text of a CSV, see {@link parsePatientPairs}
 * @throws HeldoutError `input` that names the lines, never an identity; nothing is merged then
 */
export function mergePairs(
  project: Project,
  { text, reason, dryRun }: { readonly text: string; readonly reason: string; readonly dryRun: boolean },
): MergePairsDocument {
  const { persons } = project.registry;
  const standing = persons.standing();
  const pairs = parsePatientPairs(text, (name) => standing.has(name));
  refuseUnknown(project, pairs, standing);

  const into = new Map<string, string>();
  const personOf = (patient: string) => {
    let person = standing.get(patient) ?? patient;
    for (let next = into.get(person); next !== undefined; next = into.get(person)) person = next;
    return person;
  };
  const merged: { line: number; kept: string; merged: string }[] = [];
  for (const { line, patients } of pairs) {
    const [kept, other] = [personOf(patients[0]), personOf(patients[1])];
    if (kept === other) continue;
    into.set(other, kept);
    merged.push({ line, kept, merged: other });
  }
  const leaking = project.registry
    .splits()
    .filter((split) => merged.some((pair) => wouldLeak(split, [pair.kept, pair.merged])))
    .map(({ name }) => name);
  if (!dryRun) persons.mergeAll(merged, reason);
  return {
    schema: 'heldout.merge-pairs/1',
    dryRun,
    pairs: pairs.length,
    alreadyOne: pairs.length - merged.length,
    merged,
    leaking,
  };
}

function refuseUnknown(
  project: Project,
  pairs: readonly PatientPair[],
  standing: ReadonlyMap<string, string>,
): void {
  const wrong = pairs.flatMap(({ line, patients: [first, second] }) => {
    const unknown = [first, second].flatMap((name, at) =>
      standing.has(name) ? [] : [at === 0 ? 'the first' : 'the second'],
    );
    if (unknown.length > 0)
      return [`line ${line}: ${unknown.join(' and ')} column names no patient of this project`];
    return first === second ? [`line ${line}: both columns name the same patient`] : [];
  });
  if (wrong.length === 0) return;
  const more = wrong.length - MOST_NAMED;
  const names =
    project.summary().identities === 'plain'
      ? 'their ids'
      : 'their codes here (such as P0001), not by their ids';
  throw new HeldoutError(
    'input',
    `Nothing was merged. ${wrong.slice(0, MOST_NAMED).join('; ')}${more > 0 ? `; and ${more} more` : ''}. ` +
      `Patients go by ${names}: see heldout list patients.`,
  );
}
