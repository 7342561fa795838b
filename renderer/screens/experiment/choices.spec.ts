import * as v from 'valibot';
import { expect, it } from 'vitest';
import { requests } from '#src/contracts/channels';
import { designExperiment } from '#src/experiments/design-experiment';
import { cohort } from '#src/experiments/testing/synthetic-experiment';
import { defaultChoices, freeName, listed } from './choices';

const FIXED = { probeEvery: 5, guardEvery: 3, margin: 0.02 };

it.each([4, 5, 6, 9, 10, 20, 33, 100])('begins with choices that %i patients allow', (patients) => {
  const choices = defaultChoices(patients);
  expect(v.is(requests['experiment.draft'], choices)).toBe(true);
  const { arms, locked, refused } = designExperiment(cohort(patients), { ...FIXED, ...choices });
  expect(arms.map(({ arm }) => arm)).toEqual(['slice', 'scan', 'patient']);
  expect(locked.length).toBeGreaterThanOrEqual(2);
  expect(refused).toEqual([]);
});

it.each([1, 2, 3])('locks none of %i patients away', (patients) => {
  expect(defaultChoices(patients).locked).toBe(0);
});

it('finds a free name', () => {
  expect(freeName([])).toBe('experiment-1');
  expect(freeName(['experiment-1', 'mine', 'experiment-3'])).toBe('experiment-2');
});

it('lists names', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c']);
});
