import { describe, expect, it } from 'vitest';
import type { BlindedCase } from '#src/contracts/documents/reading';
import { shownCase } from './shown-case';

/** A case of 2 x 2 x 9 voxels with labels in these slices. */
function blinded(left: readonly number[], right: readonly number[] | null): BlindedCase {
  const labels = (slices: readonly number[]) =>
    Uint8Array.from({ length: 36 }, (_, at) => (slices.includes(Math.floor(at / 4)) ? 1 : 0));
  return {
    ...{ session: 1, number: 1, question: right === null ? 'acceptable' : 'better', answer: null, note: '' },
    geometry: { dims: [2, 2, 9], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 8, 0, 0, 0, 0, 1], calibrated: true },
    ...{ sampleType: 'int16', samples: Int16Array.from({ length: 36 }, (_, at) => at).buffer },
    ...{ window: [0, 30], invertDisplay: false, left: labels(left), right: right && labels(right) },
  };
}

describe('a case on the screen', () => {
  it.each([
    ['what is predicted', [1, 2, 3], null, 2],
    ['what is predicted on either side', [1, 2], [5, 6, 7], 4],
    ['the other side where one predicts nothing', [], [8], 8],
    ['the scan where nothing is predicted', [], null, 4],
  ])('begins in the middle of %s', (_, left, right, middle) => {
    expect(shownCase(blinded(left, right)).middle).toBe(middle);
  });

  it('finds a window of its own where the scan brings none', () => {
    expect(shownCase(blinded([1], null)).window).toEqual({ low: 0, high: 30 });
    const { low, high } = shownCase({ ...blinded([1], null), window: [0, 0] }).window;
    expect(high).toBeGreaterThan(low);
  });
});
