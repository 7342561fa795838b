import { expect, it } from 'vitest';
import { endOfBackground, wordsOf } from './background';

it('finds the next label wherever the array begins in its memory, in every bit pattern of a word', () => {
  const bytes = new Uint8Array(400);
  // -0 as a float64 in little-endian memory, and a NaN.
  bytes[63] = 128;
  bytes.set([255, 255, 255, 255, 255, 255, 255, 127], 160);
  bytes[201] = 1;
  bytes[399] = 7;
  for (let from = 0; from < 9; from += 1)
    for (const to of [from, from + 5, from + 40, 390, 400]) {
      const labels = bytes.subarray(from, to);
      const words = wordsOf(labels);
      for (let at = 0; at <= labels.length; at += 1) {
        const next = labels.findIndex((label, index) => index >= at && label !== 0);
        expect(endOfBackground(labels, words, at)).toBe(next === -1 ? labels.length : next);
      }
    }
});
