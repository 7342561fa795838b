import type { RunImportDocument } from '#src/contracts/documents/imported-run';

/** Names that a sentence lists at most. */
const SHOWN = 8;

/** Why predictions cannot be imported under this name, or null. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'Give the predictions a name.';
  return /^[a-z0-9][a-z0-9-]{0,47}$/u.test(name) ? null : 'Use small letters, digits and hyphens.';
}

/** What the person should know about an import of predictions, in sentences. */
export function findingsOf(document: RunImportDocument): string[] {
  const { runs, leftOut, labelsNotPredicted, notInSplit, takenAsHeldOut, audit } = document;
  const missing = runs.flatMap((run) => run.missing);
  const leak = audit.findings.find(({ severity }) => severity === 'leak');
  return [
    ...(leak === undefined ? [] : [`Leak: ${leak.sentence}`]),
    ...(missing.length === 0 ? [] : [`Without a prediction: ${listed(missing)}.`]),
    ...(runs.some(({ seen }) => seen.predicted === 0 && seen.scans > 0)
      ? [
          'There are models without predictions of patients that they trained on, so their seen and held-out patients cannot be compared.',
        ]
      : []),
    ...(labelsNotPredicted.length === 0
      ? []
      : [
          `The references also hold label ${labelsNotPredicted.join(', ')}, which no prediction holds: not scored.`,
        ]),
    ...(takenAsHeldOut === 0
      ? []
      : [`${takenAsHeldOut} scans are taken as held out, for the file of who trained does not name them.`]),
    ...(notInSplit.length === 0
      ? []
      : [`In no fold, for the file does not name them: ${listed(notInSplit)}.`]),
    ...(leftOut.length === 0
      ? []
      : [`Left out: ${listed(leftOut.map(({ path, reason }) => `${path} (${reason})`))}`]),
  ];
}

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return `${names.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
