import { describe, expect, it } from 'vitest';
import { crossedStatistics } from './crossed-statistics';
import { normalCdf, powerOfT, studentCdf, studentQuantile } from './distributions';
import fixtures from './fixtures/scipy.json' with { type: 'json' };
import { sliceStatistics } from './intraclass';
import { maxTTest } from './max-t';
import { pairedStatistics, statisticsOfDifferences } from './paired-statistics';
import { groupVerdict } from '#src/experiments/group-verdict';
import { summarise } from './summary';
import { welchGap } from './welch';
import { wilcoxonTest } from './wilcoxon';

const close = (actual: number | null | undefined, expected: number, tolerance = 1e-6) =>
  expect(Math.abs((actual ?? NaN) - expected), `${actual} against ${expected}`).toBeLessThan(
    tolerance * Math.max(1, Math.abs(expected)),
  );

describe('against scipy (fixtures/make_fixtures.py)', () => {
  it.each(fixtures.paired.map((fixture) => [fixture.differences.length, fixture] as const))(
    '%d patients',
    (n, fixture) => {
      const result = statisticsOfDifferences(fixture.differences);
      expect(result.n).toBe(n);
      close(result.gap.mean, fixture.mean);
      close(result.gap.sd, fixture.sd);
      if (fixture.bca === null) {
        expect(result.gap.method).toBe('t');
        close(result.gap.ci95?.[0], fixture.t[0] ?? NaN);
        close(result.gap.ci95?.[1], fixture.t[1] ?? NaN);
      } else {
        expect(result.gap.method).toBe('bca');
        close(result.gap.ci95?.[0], fixture.bca[0] ?? NaN, 1e-3);
        close(result.gap.ci95?.[1], fixture.bca[1] ?? NaN, 1e-3);
      }
      if (fixture.signFlip !== null) {
        expect(result.signFlip).toMatchObject({ exact: true, smallestPossibleP: 2 / 2 ** n });
        close(result.signFlip?.pTwoSided, fixture.signFlip, 1e-12);
      }
      close(result.wilcoxon?.w, fixture.w);
      close(result.wilcoxon?.pTwoSided, fixture.wilcoxonP);
      close(result.equivalence?.p, fixture.tost);
      close(result.smallestDetectableGap, fixture.smallestDetectableGap);
    },
  );

  it('Wilcoxon with ties and zeros', () => {
    const result = wilcoxonTest(fixtures.tied.differences);
    close(result?.w, fixtures.tied.w);
    close(result?.pTwoSided, fixtures.tied.p);
  });

  it.each(fixtures.welch)('Welch interval (%#)', ({ seen, heldOut, ci }) => {
    const gap = welchGap(seen, heldOut);
    close(gap.ci95?.[0], ci[0] ?? NaN);
    close(gap.ci95?.[1], ci[1] ?? NaN);
  });

  it.each(fixtures.welchTost)('equivalence of two groups (%#)', ({ seen, heldOut, p, ci }) => {
    const [low, high] = welchGap(seen, heldOut).ci95 ?? [NaN, NaN];
    close(low, ci[0] ?? NaN);
    close(high, ci[1] ?? NaN);
    const { code } = groupVerdict(seen, heldOut, null, 0.02);
    expect(['equivalent', 'inflated-small'].includes(code)).toBe(p < 0.05 && high >= 0);
  });

  it.each(fixtures.intraclass)('ICC(1) and design effect (%#)', ({ patients, icc, designEffect }) => {
    const values = Object.fromEntries(Object.entries(patients).map(([name, list]) => [name, list ?? []]));
    const result = sliceStatistics(values);
    close(result.icc1, icc);
    close(result.designEffect, designEffect);
  });

  it('max-T over labels', () => {
    const result = maxTTest(fixtures.maxT.labels, 1);
    fixtures.maxT.p.forEach((p, label) => close(result[String(label)], p, 1e-12));
  });

  it.each(fixtures.power)('power with %j', ({ df, noncentrality, power }) => {
    close(powerOfT(noncentrality, df), power, 1e-6);
  });

  it('distributions', () => {
    for (const { p, df, q } of fixtures.student) {
      close(studentQuantile(p, df), q, 1e-9);
      close(studentCdf(q, df), p, 1e-9);
    }
    for (const { x, p } of fixtures.normal) close(normalCdf(x) / p, 1, 1e-9);
    // Without an effect the power is the level.
    close(powerOfT(0, 9), 0.05, 1e-8);
  });
});

describe('few and degenerate values', () => {
  it('one patient has no spread', () => {
    const result = statisticsOfDifferences([0.1]);
    expect(result.gap).toEqual({ mean: 0.1, sd: null, se: null, ci95: null, method: 't' });
    expect(result).toMatchObject({
      equivalence: null,
      smallestDetectableGap: null,
      verdict: { code: 'too-few' },
    });
  });

  it('equal differences have an interval of no width', () => {
    expect(statisticsOfDifferences(Array<number>(8).fill(0.125))).toMatchObject({
      gap: { mean: 0.125, sd: 0, ci95: [0.125, 0.125] },
      verdict: { code: 'inflated' },
    });
    expect(statisticsOfDifferences(Array<number>(8).fill(0))).toMatchObject({
      wilcoxon: null,
      verdict: { code: 'equivalent' },
    });
  });

  it('no patient and no number are refused', () => {
    expect(() => pairedStatistics([])).toThrow('no patient');
    expect(() => statisticsOfDifferences([Number.NaN, 1])).toThrow('finite');
  });

  it('never gives NaN', () => {
    for (const differences of [[0], [0, 0], [1, 1, 1], [0.1, -0.1], Array<number>(40).fill(0.3)]) {
      expect(JSON.stringify(statisticsOfDifferences(differences))).not.toMatch(/NaN|Infinity/u);
      expect(Object.values(statisticsOfDifferences(differences)).some((value) => Number.isNaN(value))).toBe(
        false,
      );
    }
  });
});

describe('the crossed design', () => {
  const patients = ['a', 'b', 'c'];
  const input = {
    patients,
    heldOutFold: [0, 1, 2],
    metric: [
      [0.8, 0.9, 0.94],
      [0.91, 0.85, null],
      [0.7, 0.72, 0.7],
    ],
  };

  it('is the mean of the models that trained on the patient minus the one that did not', () => {
    const result = crossedStatistics(input);
    close(result.gap.mean, (0.12 + 0.06 + 0.01) / 3, 1e-12);
    expect(result.n).toBe(3);
  });

  it("cancels every model's own level when folds are balanced", () => {
    const shifted = input.metric.map((row) =>
      row.map((value, fold) => (value === null ? null : value + fold * 0.1)),
    );
    const complete = (metric: (number | null)[][]) =>
      crossedStatistics({ ...input, metric: metric.map((row) => row.map((value) => value ?? 0.9)) }).gap
        .mean ?? NaN;
    const filled = input.metric.map((row) => row.map((value) => value ?? 0.9));
    close(
      complete(filled.map((row) => row.map((value, fold) => value + fold * 0.1))),
      complete(filled),
      1e-12,
    );
    expect(shifted).toHaveLength(3);
  });

  it('leaves out patients without a held-out score and refuses a ragged table', () => {
    expect(crossedStatistics({ ...input, metric: [[null, 0.9, 0.9], ...input.metric.slice(1)] }).n).toBe(2);
    expect(() => crossedStatistics({ ...input, metric: [[1, 2], ...input.metric.slice(1)] })).toThrow(
      'must have 2 values',
    );
    expect(() => crossedStatistics({ ...input, heldOutFold: [0, 1] })).toThrow('one entry for each patient');
    expect(() => crossedStatistics({ ...input, heldOutFold: [0, 1, 3] })).toThrow('held-out fold');
  });
});

describe('slices of patients', () => {
  it('ICC(1), design effect and effective number, by hand', () => {
    // Means 2 and 6 of two slices each: between = 16, within = 2, n0 = 2.
    const result = sliceStatistics({ a: [1, 3], b: [5, 7] });
    expect(result).toMatchObject({ patientMeans: { a: 2, b: 6 }, meanOfPatients: 4 });
    close(result.icc1, 14 / 18, 1e-12);
    close(result.designEffect, 1 + 14 / 18, 1e-12);
    close(result.effectiveN, 4 / (1 + 14 / 18), 1e-12);
  });

  it('has none where it does not exist', () => {
    expect(sliceStatistics({ a: [1], b: [2] }).icc1).toBeNull();
    expect(sliceStatistics({ a: [1, 2] }).icc1).toBeNull();
    expect(sliceStatistics({ a: [1, 1], b: [1, 1] }).icc1).toBeNull();
    expect(() => sliceStatistics({ a: [] })).toThrow('at least one value');
  });
});

describe('several labels at once', () => {
  it('one label alone is the sign-flip test; more labels only raise p', () => {
    const d = fixtures.paired[2]?.differences ?? [];
    const alone = maxTTest({ '1': d }, 1);
    close(alone['1'], fixtures.paired[2]?.signFlip ?? NaN, 1e-12);
    const both = maxTTest({ '1': d, '2': d.map((value, at) => (at % 2 ? value : -value)) }, 1);
    expect(both['1']).toBeGreaterThanOrEqual(alone['1'] ?? 1);
    expect(() => maxTTest({ '1': [1, 2], '2': [1] }, 1)).toThrow('same patients');
  });
});

it('summarises what is defined and counts what is not', () => {
  expect(summarise([1, null, 0.25, 0.5, 0.75])).toEqual({
    ...{ n: 4, undefined: 1, mean: 0.625, median: 0.625, iqr: [0.4375, 0.8125] },
  });
  expect(summarise([null])).toEqual({ n: 0, undefined: 1, mean: null, median: null, iqr: null });
});
