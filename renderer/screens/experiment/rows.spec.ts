import { expect, it } from 'vitest';
import type { ExperimentDocument } from '#src/contracts/documents/experiment';
import { experimentEstimates } from '#src/experiments/experiment-result';
import { experimentTrainings } from '#src/experiments/experiment-trainings';
import { cohort, planFor, scoresWith } from '#src/experiments/testing/synthetic-experiment';
import { claimRows, inflationRows, ladderRows, lockedRows, patientPairs, rangeOf } from './rows';

const scans = cohort(8);
const plan = planFor(scans, { locked: 0.25, folds: 3 });
const trainings = experimentTrainings(plan);
const quality = (patient: string, arm: string) =>
  0.7 + Number(patient.slice(1)) / 100 + (arm === 'patient' ? 0 : 0.1);
const scores = (locked: boolean) =>
  scoresWith(
    trainings,
    scans.filter(({ patient }) => plan.locked.includes(patient) === locked),
    ({ arm }, { patient }) => quality(patient, arm),
  );
const table = scores(false);
const shut = experimentEstimates(plan, trainings, table, new Map()) as ExperimentDocument;
const opened = experimentEstimates(plan, trainings, table, scores(true)) as ExperimentDocument;

it('shows nothing of the locked set until it is opened', () => {
  expect(lockedRows(shut)).toEqual([]);
  expect(claimRows(shut).flatMap(({ marks }) => marks.map(({ what }) => what))).toEqual([
    'claimed',
    'claimed',
    'claimed',
  ]);
  expect(ladderRows(shut).at(-1)?.marks[0]).toMatchObject({
    kind: 'locked',
    estimate: null,
    basis: 'not opened',
  });
  expect(lockedRows(opened).map(({ name }) => name)).toEqual([
    'honesty, slice split',
    'honesty, scan split',
    'honesty, patient split',
    'harm, against slice',
    'harm, against scan',
  ]);
  expect(ladderRows(opened).at(-1)?.marks[0]?.basis).toBe('n = 2 patients');
});

it('says of every number how many patients it rests on', () => {
  for (const { marks } of [...inflationRows(opened), ...claimRows(opened), ...lockedRows(opened)])
    for (const { basis } of marks) expect(basis).toMatch(/^n = \d/u);
});

it('pairs the patients of the development set, worst first', () => {
  const pairs = patientPairs(opened, 'slice');
  expect(pairs).toHaveLength(6);
  expect(pairs.map(({ without }) => without)).toEqual(pairs.map(({ without }) => without).sort());
  for (const { own, without } of pairs) expect(own - without).toBeCloseTo(0.1, 6);
});

it('never draws beyond what a value can be, and keeps zero in sight of differences', () => {
  const wide = (mean: number, ci95: [number, number] | null) => [
    {
      name: '',
      marks: [
        {
          kind: 'seen' as const,
          what: '',
          basis: '',
          estimate: { mean, sd: 1, se: 1, ci95, method: 't' as const },
        },
      ],
    },
  ];
  expect(rangeOf(wide(0.9, [0.5, 1.3]), null, [0, 1])).toEqual([0.5, 1]);
  expect(rangeOf(wide(0.3, [0.2, 0.4]), 0.02, [-1, 1])).toEqual([-0.03, 0.4]);
  expect(rangeOf(wide(0.9, null), null, [0, 1])[0]).toBeLessThan(0.9);
  expect(rangeOf([], null, [0, 1])).toEqual([0, 1]);
});
