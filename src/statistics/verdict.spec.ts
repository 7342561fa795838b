import { describe, expect, it } from 'vitest';
import { verdictOf, type VerdictInput } from './verdict';

const base: VerdictInput = {
  n: 12,
  gap: { mean: 0.04, sd: 0.05, se: 0.014, ci95: [0.01, 0.07], method: 't' },
  equivalent: false,
  margin: 0.02,
  signFlipP: 0.01,
  wilcoxonP: 0.02,
  smallestDetectableGap: 0.045,
  patientsNeeded: 15,
};
const gap = (mean: number, low: number, high: number) => ({
  gap: { ...base.gap, mean, ci95: [low, high] as [number, number] },
});

describe('verdicts: the first rule that applies', () => {
  it.each<[string, Partial<VerdictInput>, string, RegExp]>([
    [
      'a failed audit comes first',
      { leak: '7 of 9 patients stand on both sides.', n: 3 },
      'leak',
      /^7 of 9 patients.*means nothing yet/u,
    ],
    ['five patients are too few, whatever the interval', { n: 5 }, 'too-few', /at least 6.*0\.0625.*n = 5/u],
    [
      'one patient',
      { n: 1, gap: { mean: 0.1, sd: null, se: null, ci95: null, method: 't' } },
      'too-few',
      /1 patient is too few/u,
    ],
    [
      'no patient',
      { n: 0, gap: { mean: null, sd: null, se: null, ci95: null, method: 't' } },
      'too-few',
      /0 patients are too few/u,
    ],
    ['six may be enough', { n: 6 }, 'inflated', /n = 6 patients/u],
    [
      'above zero, but small',
      { ...gap(0.008, 0.002, 0.014), equivalent: true },
      'inflated-small',
      /less than the margin of 0\.020/u,
    ],
    [
      'above zero',
      {},
      'inflated',
      /inflates the score by 0\.040 \(95 % interval 0\.010 to 0\.070, n = 12 patients\)\.$/u,
    ],
    ['below zero', gap(-0.04, -0.07, -0.01), 'reversed', /Check the data\.$/u],
    [
      'within the margin',
      { ...gap(0.001, -0.008, 0.01), equivalent: true, signFlipP: 0.8, wilcoxonP: 0.7 },
      'equivalent',
      /No inflation larger than the margin of 0\.020/u,
    ],
    [
      'neither',
      { ...gap(0.02, -0.01, 0.05), signFlipP: 0.2, wilcoxonP: 0.3 },
      'inconclusive',
      /12 patients can show gaps from 0\.045 up.*About 15 patients/u,
    ],
    [
      'an interval that touches zero',
      { ...gap(0.02, 0, 0.04), signFlipP: 0.06, wilcoxonP: 0.06 },
      'inconclusive',
      /Cannot tell/u,
    ],
  ])('%s', (_, change, code, sentence) => {
    const verdict = verdictOf({ ...base, ...change });
    expect(verdict.code).toBe(code);
    expect(verdict.sentence).toMatch(sentence);
    expect(verdict.sentence).not.toMatch(/not overfit/iu);
  });

  it('says when a test disagrees with the interval', () => {
    expect(verdictOf({ ...base, signFlipP: 0.07 }).sentence).toMatch(
      /The sign-flip test \(p = 0\.070\) disagrees\.$/u,
    );
    expect(verdictOf({ ...base, signFlipP: 0.07, wilcoxonP: 0.06 }).sentence).toMatch(
      /and the Wilcoxon test \(p = 0\.060\) disagree\.$/u,
    );
    expect(verdictOf({ ...base, ...gap(0.02, -0.01, 0.05), wilcoxonP: 0.3 }).sentence).toMatch(
      /sign-flip test \(p = 0\.010\) disagrees/u,
    );
  });
});
