import { expect, it } from 'vitest';
import { integerBelow, randomStream } from '../models/random';
import { setBits } from './set-bits';

it('counts as the digits of the binary number do', () => {
  const random = randomStream(1);
  const words = [
    0,
    1,
    2 ** 31,
    2 ** 32 - 1,
    -1,
    ...Array.from({ length: 1000 }, () => integerBelow(random, 2 ** 32)),
  ];
  for (const word of words)
    expect(setBits(word)).toBe([...(word >>> 0).toString(2)].filter((digit) => digit === '1').length);
});
