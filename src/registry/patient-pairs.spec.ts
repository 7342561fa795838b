import { expect, it } from 'vitest';
import { parsePatientPairs } from './patient-pairs';

const pairs = (text: string, known: readonly string[] = []) =>
  parsePatientPairs(text, (name) => known.includes(name)).map(({ line, patients }) => [line, ...patients]);

it.each([
  [
    'P0001,P0002\nP0003,P0004\n',
    [
      [1, 'P0001', 'P0002'],
      [2, 'P0003', 'P0004'],
    ],
  ],
  [
    '\uFEFFkeep;merge\r\n P1 ; P2 \r\n\r\nP3;P4',
    [
      [2, 'P1', 'P2'],
      [4, 'P3', 'P4'],
    ],
  ],
  ['patient_a\tpatient_b\n"ward 1, bed 2"\tP2', [[2, 'ward 1, bed 2', 'P2']]],
  ['"Roe, A","Roe, B"', [[1, 'Roe, A', 'Roe, B']]],
])('%j', (text, expected) => {
  expect(pairs(text)).toEqual(expected);
});

it('a first line that names patients of the project is a pair', () => {
  expect(pairs('a,b\nc,d', ['a', 'b'])).toHaveLength(2);
  expect(pairs('a,b\nc,d')).toHaveLength(1);
});

it.each([
  ['P1,P2\nMiller', /^Line 2 of the pairs needs two columns/u],
  ['P1,P2,P3', /^Line 1 of the pairs needs two columns/u],
  ['P1,P2\n\nMiller,', /^Line 3 of the pairs has an empty column/u],
  ['', /names nobody/u],
  ['keep,merge\n', /names nobody/u],
])('refuses %j with the line and without what it says', (text, sentence) => {
  expect(() => pairs(text)).toThrow(sentence);
  expect(() => pairs(text)).not.toThrow(/Miller/u);
});
