import { describe, expect, it } from 'vitest';
import type { RunRecord } from '#src/registry/records';
import { comparableRuns, runName } from './run-names';

const run = (changes: Partial<RunRecord>): RunRecord => ({
  ...{ id: 'a', split: 'by patient', fold: 1, state: 'done', createdAt: '2026-01-02T03:04:05Z', step: 1 },
  ...{ seconds: 1, backend: 'tensorflow', reason: null },
  ...changes,
});

describe('runs to look at', () => {
  it.each<[string, Partial<RunRecord>, boolean]>([
    ['one that is done', {}, true],
    ['one that was stopped', { state: 'stopped' }, true],
    ['one under way', { state: 'running' }, false],
    ['one that failed', { state: 'failed' }, false],
    ['one on every patient', { split: null, fold: null }, false],
    ['one of an experiment', { experiment: 'inflation' }, false],
  ])('%s', (_, changes, isThere) => {
    expect(comparableRuns([run(changes)])).toHaveLength(isThere ? 1 : 0);
  });

  it('are called by split, fold and time, and say when they were stopped early', () => {
    const folds = [{ name: 'by patient', heldOut: null }];
    expect(runName(run({}), folds)).toMatch(/^by patient · fold 2 held out · .*26/u);
    expect(runName(run({ id: 'theirs-fold1', kind: 'imported' }), folds)).toMatch(
      /^theirs-fold1 · made elsewhere · fold 2 held out · imported .*26/u,
    );
    expect(runName(run({ state: 'stopped' }), folds)).toMatch(/\(stopped early\)$/u);
    expect(runName(run({}), [{ name: 'by patient', heldOut: 0.3 }])).not.toContain('fold');
  });
});
