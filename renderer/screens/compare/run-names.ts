import type { RunRecord } from '#src/registry/records';
import type { Split } from '#src/splits/split';

/** Runs that held patients out and can be looked at. */
export function comparableRuns(runs: readonly RunRecord[]): readonly RunRecord[] {
  return runs.filter(
    ({ split, fold, state, experiment }) =>
      split !== null &&
      fold !== null &&
      experiment === undefined &&
      (state === 'done' || state === 'stopped'),
  );
}

/** A run as people know it: its split, what was held out, when it began. */
export function runName(
  { id, kind, split, fold, state, createdAt }: RunRecord,
  splits: readonly Pick<Split, 'name' | 'heldOut'>[],
): string {
  const place =
    splits.find(({ name }) => name === split)?.heldOut === null ? ` · fold ${(fold ?? 0) + 1} held out` : '';
  const begun = new Date(createdAt).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' });
  // What people called it says more than the split that it brought along.
  if (kind === 'imported') return `${id} · made elsewhere${place} · imported ${begun}`;
  return `${split ?? ''}${place} · ${begun}${state === 'stopped' ? ' (stopped early)' : ''}`;
}
