import { expect, it } from 'vitest';
import { table } from './table';

it('aligns text to the left and numbers to the right', () => {
  expect(
    table(
      ['patient', 'scans'],
      [
        ['P0001', 2],
        ['P2', 10],
        ['P3', null],
      ],
    ),
  ).toBe(['patient  scans', 'P0001        2', 'P2          10', 'P3           –'].join('\n'));
});
