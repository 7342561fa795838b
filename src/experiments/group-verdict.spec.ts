import { describe, expect, it } from 'vitest';
import { groupVerdict } from './group-verdict';

/** `n` values evenly spread over mean ± spread. */
const spread = (n: number, mean: number, half: number) =>
  Array.from({ length: n }, (_, index) => mean - half + (2 * half * index) / Math.max(1, n - 1));

describe('the verdict of one run', () => {
  it.each([
    [
      'one held-out patient',
      spread(4, 0.9, 0.03),
      [0.8],
      'too-few',
      /4 seen and 1 held-out patient are too few/,
    ],
    [
      '3 and 3: 20 ways, smallest p .1',
      spread(3, 0.9, 0.01),
      spread(3, 0.5, 0.01),
      'too-few',
      /Train every fold/,
    ],
    ['nobody held out', spread(4, 0.9, 0.03), [], 'too-few', /0 held-out patients/],
    [
      'a large gap',
      spread(28, 0.92, 0.03),
      spread(7, 0.8, 0.03),
      'inflated',
      /by 0\.120 .*28 seen and 7 held-out/,
    ],
    [
      'a small certain gap',
      spread(30, 0.91, 0.004),
      spread(30, 0.9, 0.004),
      'inflated-small',
      /less than the margin/,
    ],
    ['held-out better', spread(10, 0.8, 0.02), spread(10, 0.9, 0.02), 'reversed', /Check the data/],
    [
      'no gap, little spread',
      spread(20, 0.9, 0.01),
      spread(20, 0.9, 0.01),
      'equivalent',
      /No gap larger than/,
    ],
    [
      'no gap, much spread',
      spread(10, 0.8, 0.2),
      spread(5, 0.8, 0.2),
      'inconclusive',
      /can show gaps from 0\.\d+ up/,
    ],
  ] as const)('%s', (_, seen, heldOut, code, sentence) => {
    const verdict = groupVerdict(seen, heldOut, null);
    expect(verdict.code).toBe(code);
    expect(verdict.sentence).toMatch(sentence);
  });

  it('is a leak whatever the numbers, when the split leaks', () => {
    const verdict = groupVerdict(
      spread(28, 0.92, 0.03),
      spread(7, 0.8, 0.03),
      '25 of 28 patients stand on both sides.',
    );
    expect(verdict.code).toBe('leak');
    expect(verdict.sentence).toContain('25 of 28 patients');
  });

  it('of predictions made elsewhere says what to import', () => {
    const { code, sentence } = groupVerdict([], [0.8, 0.9], null, undefined, 'imported');
    expect(code).toBe('too-few');
    expect(sentence).toContain('Held-out patients: mean Dice 0.850, n = 2.');
    expect(groupVerdict([], [], null, undefined, 'imported').sentence).not.toContain('mean Dice');
    expect(groupVerdict([0.9], [0.8], null, undefined, 'imported').sentence).toContain(
      'Import what every fold’s model',
    );
    expect(groupVerdict([], [0.8], null, undefined, 'met nobody').sentence).toContain(
      'has met none of these patients',
    );
    expect(groupVerdict([], [0.8], 'It leaks.', undefined, 'imported').code).toBe('leak');
  });

  it('calls 4 against 2 too few (15 ways) and 5 against 2 enough (21 ways)', () => {
    expect(groupVerdict(spread(4, 0.9, 0.01), spread(2, 0.7, 0.01), null).code).toBe('too-few');
    expect(groupVerdict(spread(5, 0.9, 0.01), spread(2, 0.7, 0.01), null).code).not.toBe('too-few');
  });
});
