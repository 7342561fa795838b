import type { ExperimentLook } from '#src/contracts/documents/experiment';

/** A look as the ledger keeps it. */
export interface LedgerLook {
  readonly at: string;
  readonly run: string;
  readonly reason: string;
  readonly who: string;
  /** Patients of the locked set that was looked at; empty in looks of before this was kept. */
  readonly locked: readonly string[];
  /** What the models that were scored are made of: equal texts are the same models. */
  readonly model: string;
}

/**
 * What each look was, in the order of the ledger: the first at any of its patients, the same models' result again, or a
 * look after a change of the model. The last kind spends the locked set: whoever changes a model after having seen its
 * locked score, and looks again, has begun to choose by it.
 */
export function namedLooks(ledger: readonly LedgerLook[]): ExperimentLook[] {
  return ledger.map((look, index) => {
    const earlier = ledger
      .slice(0, index)
      .filter(({ locked }) => locked.some((patient) => look.locked.includes(patient)));
    const kind =
      earlier.length === 0
        ? 'first'
        : earlier.some(({ model }) => model === look.model)
          ? 'again'
          : 'after-change';
    const { at, run, reason, who } = look;
    return { at, run, reason, who, kind };
  });
}

/** The ledger in one sentence, to stand beside a result. */
export function looksSentence(looks: readonly ExperimentLook[]): string {
  if (looks.length === 0) return 'The locked set has not been looked at.';
  const changed = looks.filter(({ kind }) => kind === 'after-change').length;
  const times = looks.length === 1 ? 'once' : `${looks.length} times`;
  return (
    `The locked set has been looked at ${times}.` +
    (changed === 0
      ? ''
      : ` ${changed === 1 ? 'One of these was' : `${changed} of these were`} a second look after a change of the model: ` +
        'its score may have been used to choose, so it no longer speaks of new patients alone.')
  );
}
