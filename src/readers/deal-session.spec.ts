import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dealSession, type SessionPlan } from './deal-session';
import type { Candidate, HiddenCase } from './reading';

/** `folds` runs over `patients` patients with `scans` scans each; run f holds out every patient p with p % folds = f. */
function crossed(patients: number, scans: number, folds: number): Candidate[] {
  return Array.from({ length: patients * scans * folds }, (_, at) => {
    const [patient, scan, fold] = [
      Math.floor(at / (scans * folds)),
      Math.floor(at / folds) % scans,
      at % folds,
    ];
    return {
      ...{ patient: `P${patient}`, scan: `P${patient}.${scan}`, run: `run-${fold}` },
      side: patient % folds === fold ? ('heldOut' as const) : ('seen' as const),
    };
  });
}

const plan = (overrides: Partial<SessionPlan> = {}): SessionPlan => ({
  ...{
    candidates: crossed(30, 2, 3),
    questions: ['acceptable'],
    count: 30,
    repeatShare: 0.2,
    seed: 1,
    salt: 7,
  },
  ...overrides,
});

const firsts = (cases: readonly HiddenCase[]) => cases.filter(({ repeats }) => repeats === null);
const sides = (cases: readonly HiddenCase[]) => {
  const seen = cases.filter(({ shown }) => shown[0]?.side === 'seen').length;
  return { seen, heldOut: cases.length - seen };
};

describe('dealing a blinded reading', () => {
  it('gives the same session for the same plan, in whatever order the predictions come', () => {
    const { candidates } = plan();
    expect(dealSession(plan({ candidates: candidates.toReversed() }))).toEqual(dealSession(plan()));
  });

  it.each([{ seed: 2 }, { salt: 8 }])('gives another order for %j', (other) => {
    expect(dealSession(plan(other))).not.toEqual(dealSession(plan()));
  });

  it('shows thirty patients once each, half of them held out, and six again', () => {
    const cases = dealSession(plan());
    expect(cases).toHaveLength(36);
    expect(new Set(firsts(cases).map(({ patient }) => patient)).size).toBe(30);
    expect(sides(firsts(cases))).toEqual({ seen: 15, heldOut: 15 });
    expect(sides(cases.filter(({ repeats }) => repeats !== null))).toEqual({ seen: 3, heldOut: 3 });
  });

  it.each([
    [
      'one run that held few out',
      crossed(9, 1, 3).filter(({ run }) => run === 'run-0'),
      9,
      { seen: 4, heldOut: 3 },
    ],
    ['more scans where there are few patients', crossed(4, 3, 2), 12, { seen: 6, heldOut: 6 }],
    ['an odd number', crossed(10, 1, 2), 7, null],
    ['two cases', crossed(10, 1, 2), 2, { seen: 1, heldOut: 1 }],
  ])('is balanced: %s', (_, candidates, count, expected) => {
    const found = sides(dealSession(plan({ candidates, count, repeatShare: 0 })));
    if (expected !== null) expect(found).toEqual(expected);
    expect(Math.abs(found.seen - found.heldOut)).toBeLessThanOrEqual(1);
  });

  it('pairs the model that saw the patient with one that did not, each as often on the left', () => {
    const cases = dealSession(plan({ questions: ['better'] }));
    for (const { shown } of cases) expect(shown.map(({ side }) => side).sort()).toEqual(['heldOut', 'seen']);
    expect(sides(cases)).toEqual({ seen: 18, heldOut: 18 });
  });

  it('compares two runs on patients that both held out, and does not mix up three', () => {
    const candidates = crossed(6, 1, 2).map((each) => ({ ...each, side: 'heldOut' as const }));
    const cases = dealSession(plan({ candidates, questions: ['better'], repeatShare: 0 }));
    expect(
      cases.map(({ shown }) =>
        shown
          .map(({ run }) => run)
          .sort()
          .join(),
      ),
    ).toEqual(Array.from({ length: 6 }, () => 'run-0,run-1'));
    const three = crossed(6, 1, 3).map((each) => ({ ...each, side: 'heldOut' as const }));
    expect(() => dealSession(plan({ candidates: three, questions: ['better'] }))).toThrow('choose two runs');
  });

  it('shows no pair of one side where there are pairs of both', () => {
    // Two of five folds: the patients of the other three were seen by both models.
    const candidates = crossed(10, 1, 5).filter(({ run }) => run === 'run-0' || run === 'run-1');
    const cases = dealSession(plan({ candidates, questions: ['better'], repeatShare: 0 }));
    expect(cases).toHaveLength(4);
    for (const { shown } of cases) expect(shown.map(({ side }) => side).sort()).toEqual(['heldOut', 'seen']);
  });

  it('asks one question after the other', () => {
    const cases = dealSession(plan({ questions: ['acceptable', 'better'], count: 6, repeatShare: 0.5 }));
    expect(cases.map(({ question }) => question)).toEqual([
      ...Array.from({ length: 9 }, () => 'acceptable'),
      ...Array.from({ length: 9 }, () => 'better'),
    ]);
  });

  it('refuses when there is nothing to read', () => {
    const seen = crossed(4, 1, 2).filter(({ side }) => side === 'seen');
    expect(() => dealSession(plan({ candidates: seen }))).toThrow('no held-out and seen patients');
    expect(() => dealSession(plan({ candidates: [], questions: ['better'] }))).toThrow('no two predictions');
  });

  it('numbers, balance, distances and the counting of patients hold for any plan', () => {
    const plans = fc.record({
      candidates: fc
        .record({
          patients: fc.integer({ min: 2, max: 12 }),
          scans: fc.integer({ min: 1, max: 3 }),
          folds: fc.integer({ min: 2, max: 4 }),
        })
        .map(({ patients, scans, folds }) => crossed(patients, scans, folds)),
      questions: fc.constantFrom<SessionPlan['questions']>(
        ['acceptable'],
        ['better'],
        ['acceptable', 'better'],
      ),
      count: fc.integer({ min: 2, max: 40 }),
      repeatShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
      seed: fc.nat(),
      salt: fc.nat(),
    });
    fc.assert(
      fc.property(plans, (drawn) => {
        const cases = dealSession(drawn);
        expect(cases.map(({ number }) => number)).toEqual(cases.map((_, at) => at + 1));
        for (const question of drawn.questions) {
          const block = cases.filter((each) => each.question === question);
          const first = firsts(block);
          expect(first.length).toBeLessThanOrEqual(drawn.count);
          // No picture comes twice but as a repeat.
          expect(new Set(first.map(({ scan }) => scan)).size).toBe(first.length);
          const far = Math.max(1, Math.min(10, Math.floor(first.length / 2)));
          const repeated = block.filter(({ repeats }) => repeats !== null);
          expect(repeated).toHaveLength(
            Math.min(Math.round(drawn.repeatShare * first.length), Math.floor(first.length / 2)),
          );
          for (const { number, repeats, patient, scan, shown } of repeated) {
            const original = cases[(repeats ?? 0) - 1];
            expect(original).toMatchObject({ question, patient, scan, repeats: null });
            expect(original?.shown.map(({ run }) => run).sort()).toEqual(shown.map(({ run }) => run).sort());
            expect(number - (repeats ?? 0)).toBeGreaterThanOrEqual(far);
          }
          expect(new Set(repeated.map(({ repeats }) => repeats)).size).toBe(repeated.length);
          const { seen, heldOut } = sides(question === 'acceptable' ? first : block);
          expect(Math.abs(seen - heldOut)).toBeLessThanOrEqual(1);
          if (question === 'acceptable')
            for (const { patient, shown } of first)
              expect(
                first.every((other) => other.patient !== patient || other.shown[0]?.side === shown[0]?.side),
              ).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('repeats come at no distance that a reader could count', () => {
    const cases = dealSession(plan({ repeatShare: 0.5 }));
    const distances = cases.flatMap(({ number, repeats }) => (repeats === null ? [] : [number - repeats]));
    expect(distances).toHaveLength(15);
    expect(new Set(distances).size).toBeGreaterThan(7);
  });

  it('the place in the session says nothing about the side', () => {
    // Over 400 sessions, how often each place shows a held-out patient: one half, within five standard errors.
    const sessions = Array.from({ length: 400 }, (_, seed) =>
      dealSession(plan({ seed, repeatShare: 0, count: 10 })),
    );
    for (let place = 0; place < 10; place += 1) {
      const heldOut = sessions.filter((cases) => cases[place]?.shown[0]?.side === 'heldOut').length;
      expect(Math.abs(heldOut - 200)).toBeLessThan(50);
    }
  });
});
