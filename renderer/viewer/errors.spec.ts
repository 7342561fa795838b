import { expect, it } from 'vitest';
import { errorMap, errorsBySlice, nextWrongSlice } from './errors';

const reference = Uint8Array.of(0, 1, 1, 2, 0, 1);
const prediction = Uint8Array.of(0, 1, 2, 0, 1, 1);

it('marks what agrees, what is too much and what was missed', () => {
  expect([...errorMap(reference, prediction, null)]).toEqual([0, 1, 3, 3, 2, 1]);
  expect([...errorMap(reference, prediction, 1)]).toEqual([0, 1, 3, 0, 2, 1]);
  expect([...errorMap(reference, prediction, 2)]).toEqual([0, 0, 2, 3, 0, 0]);
});

it('counts slices and finds the next wrong one', () => {
  const slices = errorsBySlice(errorMap(reference, prediction, null), 2);
  expect(slices).toEqual([
    { agree: 1, falsePositive: 0, missed: 0 },
    { agree: 0, falsePositive: 0, missed: 2 },
    { agree: 1, falsePositive: 1, missed: 0 },
  ]);
  expect(nextWrongSlice(slices, 0, 1)).toBe(1);
  expect(nextWrongSlice(slices, 1, 1)).toBe(2);
  expect(nextWrongSlice(slices, 2, 1)).toBeNull();
  expect(nextWrongSlice(slices, 1, -1)).toBeNull();
  expect(nextWrongSlice(slices, 1, 1, 0.9)).toBeNull();
});
