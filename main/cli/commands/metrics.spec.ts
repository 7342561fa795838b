import { expect, it } from 'vitest';
import { parseTolerances } from './metrics';

it('reads tolerances as given, zero included', () => {
  expect(parseTolerances('0,1.5')).toEqual([0, 1.5]);
  expect(() => parseTolerances('1,,2')).toThrow('--tolerance takes millimetres');
  expect(() => parseTolerances('-1')).toThrow('--tolerance takes millimetres');
});
