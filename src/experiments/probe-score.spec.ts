import { describe, expect, it } from 'vitest';
import { diceOf, meanDefined, onlySlices, pooledDice, voxelsOfSlices } from './probe-score';

const dims = [2, 1, 4] as const;
const reference = Uint8Array.from([1, 1, 0, 1, 2, 2, 0, 0]);
const prediction = Uint8Array.from([1, 0, 1, 1, 0, 2, 1, 0]);

describe('scores on some slices', () => {
  it('take the voxels of those slices only', () => {
    expect([...voxelsOfSlices(reference, dims, [0, 2])]).toEqual([1, 1, 2, 2]);
    expect([...onlySlices(reference, dims, [1, 2])]).toEqual([0, 0, 0, 1, 2, 2, 0, 0]);
  });

  it('pool the slices before they divide: never a mean of slice Dice', () => {
    const of = (mask: Uint8Array, slices: number[]) => voxelsOfSlices(mask, dims, slices);
    // Slices 0 and 1, label 1: 3 voxels in either mask, 2 of them shared.
    expect(pooledDice(of(reference, [0, 1]), of(prediction, [0, 1]), [1])).toBeCloseTo((2 * 2) / 6, 12);
    expect(pooledDice(of(reference, [0, 1]), of(prediction, [0, 1]), [1, 2])).toBeCloseTo(4 / 6, 12);
    expect(pooledDice(of(reference, [2, 3]), of(prediction, [2, 3]), [1, 2])).toBeCloseTo(
      (0 + 2 / 3) / 2,
      12,
    );
    expect(pooledDice(new Uint8Array(4), new Uint8Array(4), [1, 2])).toBeNull();
  });

  it('read Dice off a confusion matrix', () => {
    const confusion = {
      labels: [0, 1, 2],
      counts: [
        [90, 5, 0],
        [3, 20, 2],
        [0, 0, 0],
      ],
    };
    expect(diceOf(confusion, 1)).toBeCloseTo((2 * 20) / (25 + 25), 12);
    expect(diceOf(confusion, 2)).toBe(0);
    expect(
      diceOf(
        {
          labels: [0, 3],
          counts: [
            [4, 0],
            [0, 0],
          ],
        },
        3,
      ),
    ).toBeNull();
    expect(diceOf(confusion, 7)).toBeNull();
  });

  it('average what is defined', () => {
    expect(meanDefined([null, 1, 0])).toBe(0.5);
    expect(meanDefined([null])).toBeNull();
  });
});
