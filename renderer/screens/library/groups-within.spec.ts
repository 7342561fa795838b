import { expect, it } from 'vitest';
import { groupsWithin } from './groups-within';

const groups = [5, 0, 8, 40, 3].map((length) => ({ scans: Array.from({ length }) }));
const sizes = (budget: number) => groupsWithin(groups, budget).map(({ scans }) => scans.length);

it('gives whole patients until there are enough scans', () => {
  expect(sizes(1)).toEqual([5]);
  expect(sizes(5)).toEqual([5]);
  expect(sizes(6)).toEqual([5, 0, 8]);
  expect(sizes(20)).toEqual([5, 0, 8, 40]);
});

it('gives all of them when the budget is larger than what there is', () => {
  expect(sizes(57)).toEqual([5, 0, 8, 40, 3]);
  expect(groupsWithin([], 10)).toEqual([]);
});
