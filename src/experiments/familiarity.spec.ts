import { expect, it } from 'vitest';
import { familiarScans, levelOfUnseen, stepBetween } from './familiarity';
import { cohort } from './testing/synthetic-experiment';

const scans = familiarScans([
  ...cohort(2).map((scan) => ({ ...scan, phase: 3 })),
  ...cohort(1, 1).map((scan) => ({ ...scan, scan: 'P0001.3', view: 'coronal', phase: null })),
]);
const names = new Map(scans.map(({ scan, viewName }) => [scan, viewName]));
const trained = (...of: string[]) => of.map((scan) => ({ patient: scan.slice(0, 5), scan, slices: [0, 1] }));

it.each([
  ['P0001.1', ['P0001.1', 'P0002.1'], 'L1'],
  ['P0001.1', ['P0001.2'], 'L2'],
  ['P0001.1', ['P0001.3'], 'L3'],
  ['P0001.1', ['P0001.3', 'P0001.2'], 'L2'],
  ['P0001.1', ['P0002.1', 'P0002.2'], 'L4'],
])('unseen slices of %s after training on %j are %s', (name, training, level) => {
  const scan = scans.find((entry) => entry.scan === name);
  if (scan === undefined) throw new Error('no scan');
  expect(levelOfUnseen(scan, trained(...training), names)).toBe(level);
});

it('a step of the ladder is taken in the patients that have both levels', () => {
  const upper = new Map([
    ['a', 0.9],
    ['b', null],
    ['c', 0.8],
  ]);
  const lower = new Map([
    ['a', 0.7],
    ['b', 0.7],
  ]);
  expect(stepBetween(upper, lower).map((value) => value.toFixed(2))).toEqual(['0.20']);
});
