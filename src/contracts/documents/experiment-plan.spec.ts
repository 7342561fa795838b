import * as v from 'valibot';
import { expect, it } from 'vitest';
import { cohort, planFor } from '#src/experiments/testing/synthetic-experiment';
import { experimentName, experimentPlan } from './experiment-plan';
import { trainingScores } from './training-scores';

it('a plan survives being written and read, and an unknown version is none', () => {
  const plan = planFor(cohort(8));
  expect(v.parse(experimentPlan, JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  expect(v.is(experimentPlan, { ...plan, schema: 'heldout.experiment-plan/2' })).toBe(false);
  expect(v.is(experimentPlan, { ...plan, budget: 0 })).toBe(false);
  expect(v.is(experimentPlan, { ...plan, arms: [] })).toBe(false);
});

it.each([
  ['lab1', true],
  ['a', true],
  ['by-scan-and-slice', true],
  ['Lab', false],
  ['-a', false],
  ['a-', false],
  ['../x', false],
  ['', false],
  ['x'.repeat(25), false],
])('the name "%s": %s', (name, isName) => {
  expect(v.is(experimentName, name)).toBe(isName);
});

it('scores are whole counts by scan, slice and label', () => {
  const scores = { schema: 'heldout.training-scores/1', training: 't', run: 'r', step: 40 };
  expect(v.is(trainingScores, { ...scores, scans: { a: [[[1, 2, 3]]] } })).toBe(true);
  expect(v.is(trainingScores, { ...scores, scans: { a: [[[1, 2]]] } })).toBe(false);
  expect(v.is(trainingScores, { ...scores, scans: { a: [[[1, -2, 0]]] } })).toBe(false);
});
