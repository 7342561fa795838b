import { describe, expect, it } from 'vitest';
import { crossedScores, unequalFolds, unequalFoldsSentence, type ScanScore } from './crossed-design';

const score = (probe: number | null, whole = probe): ScanScore => ({ probe, whole });

describe('the crossed design', () => {
  const patients = [
    { patient: 'A', fold: 0, scans: ['A.1', 'A.2'] },
    { patient: 'B', fold: 1, scans: ['B.1'] },
  ];
  const scores = [
    new Map([
      ['A.1', score(0.7, 0.6)],
      ['A.2', score(0.9, 0.8)],
      ['B.1', score(0.95)],
    ]),
    new Map([
      ['A.1', score(0.9)],
      ['A.2', score(1)],
      ['B.1', score(0.85, 0.75)],
    ]),
    new Map([
      ['A.1', score(null)],
      ['A.2', score(0.98)],
      ['B.1', score(0.91)],
    ]),
  ];

  it('averages a patient over scans, then over the models that trained on them', () => {
    const { metric, rows, heldOutFold } = crossedScores(patients, scores);
    expect(heldOutFold).toEqual([0, 1]);
    expect(metric[0]?.map((value) => Number(value?.toFixed(6)))).toEqual([0.8, 0.95, 0.98]);
    expect(rows[0]).toMatchObject({ patient: 'A', heldOutFold: 0 });
    expect(rows[0]?.heldOut).toBeCloseTo(0.8, 12);
    expect(rows[0]?.seen).toBeCloseTo((0.95 + 0.98) / 2, 12);
    expect(rows[0]?.heldOutWholeScan).toBeCloseTo(0.7, 12);
    expect(rows[1]?.seen).toBeCloseTo((0.95 + 0.91) / 2, 12);
  });

  it('keeps a missing value missing', () => {
    const none = new Map([['A.1', score(null)]]);
    const { rows, metric } = crossedScores([{ patient: 'A', fold: 0, scans: ['A.1'] }], [none, none]);
    expect(metric).toEqual([[null, null]]);
    expect(rows[0]).toMatchObject({ heldOut: null, seen: null, heldOutWholeScan: null });
  });
});

describe('folds of unequal size', () => {
  /** Two models of which the first is better by .1 on everybody, and nobody is remembered. */
  const rows = (sizes: readonly [number, number]) =>
    sizes.flatMap((size, fold) =>
      Array.from({ length: size }, (_, at) => ({
        ...{ patient: `${fold}-${at}`, heldOutFold: fold, heldOutWholeScan: null },
        seen: fold === 0 ? 0.8 : 0.9,
        heldOut: fold === 0 ? 0.9 : 0.8,
      })),
    );

  it('are said, with the gap of folds that weigh the same: there the level of a model cancels', () => {
    const unequal = unequalFolds(rows([1, 3]));
    expect(unequal).toEqual({ smallest: 1, largest: 3, gap: expect.closeTo(0, 12) as number });
    if (unequal === null) throw new Error('they are equal');
    expect(unequalFoldsSentence(unequal)).toMatch(/from 1 to 3 patients.*equal weight it is 0\.000\.$/u);
  });

  it('are not those that differ by one patient', () => {
    expect(unequalFolds(rows([3, 2]))).toBeNull();
    expect(unequalFolds([])).toBeNull();
  });

  it('count patients with both scores only', () => {
    const some = rows([3, 3]).map((row, at) => (at < 2 ? { ...row, seen: null } : row));
    expect(unequalFolds(some)).toMatchObject({ smallest: 1, largest: 3 });
  });
});
