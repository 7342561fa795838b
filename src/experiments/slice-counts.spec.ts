import { describe, expect, it } from 'vitest';
import type { Dims } from '#src/imaging/geometry';
import { integerBelow, randomStream } from '#src/models/random';
import { pooledDice, voxelsOfSlices } from './probe-score';
import { countSlices, diceOfSlices } from './slice-counts';

const DIMS: Dims = [4, 3, 5];

describe('counts of slices', () => {
  it('give the Dice that pooling the voxels gives, over any set of slices', () => {
    const random = randomStream(4);
    const mask = () => Uint8Array.from({ length: 60 }, () => integerBelow(random, 4));
    const [reference, prediction] = [mask(), mask()];
    // Of the labels that the masks hold, some are not learned: both ways take those as background.
    const cases = [[1, 2, 3], [1, 3], [2]].flatMap((labels) =>
      [[0], [1, 4], [0, 1, 2, 3, 4]].map((slices) => ({ labels, slices })),
    );
    for (const { labels, slices } of cases) {
      const counts = countSlices(reference, prediction, DIMS, labels);
      expect(diceOfSlices(slices.map((slice) => counts[slice] ?? []))).toBeCloseTo(
        pooledDice(
          voxelsOfSlices(reference, DIMS, slices),
          voxelsOfSlices(prediction, DIMS, slices),
          labels,
        ) ?? NaN,
        12,
      );
    }
  });

  it('take a label that is not asked for as background', () => {
    const reference = Uint8Array.from([1, 2, 0, 0]);
    const prediction = Uint8Array.from([1, 1, 2, 0]);
    expect(countSlices(reference, prediction, [2, 2, 1], [1])).toEqual([[[1, 1, 2]]]);
  });

  it('are undefined where neither mask holds a label', () => {
    const empty = new Uint8Array(60);
    expect(diceOfSlices(countSlices(empty, empty, DIMS, [1]))).toBeNull();
    expect(diceOfSlices([])).toBeNull();
    expect(diceOfSlices(countSlices(empty, new Uint8Array(60).fill(1), DIMS, [1, 2]))).toBe(0);
  });

  it('need masks of the grid', () => {
    expect(() => countSlices(new Uint8Array(59), new Uint8Array(60), DIMS, [1])).toThrow('60 voxels');
  });
});
