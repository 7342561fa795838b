import { describe, expect, it } from 'vitest';
import { partsOf } from './series-parts';
import { sliceAt } from './testing/slice';
import type { SliceFacts } from './slice-facts';

const PLACES = 4;

/** Images of every kind at every place, written volume by volume. */
function series(kinds: readonly Partial<SliceFacts>[], places = PLACES) {
  return Array.from({ length: places }, (_, k) => ({
    distance: k,
    slices: kinds.map((facts, n) => sliceAt(k, { instanceNumber: n * places + k + 1, ...facts })),
  }));
}

/** Label, phase and instance numbers of each part. */
function divided(positions: ReturnType<typeof series>) {
  const { parts, indistinct } = partsOf(positions);
  return {
    indistinct,
    names: parts.map(({ label, phase }) => label ?? phase),
    first: parts.map(({ slices }) => slices[0]?.instanceNumber),
    sizes: new Set(parts.map(({ slices }) => slices.length)),
  };
}

describe('the images of one place', () => {
  it('are echoes, named in the order of their times', () => {
    const { names, first, indistinct } = divided(
      series([{ echoTime: 10 }, { echoTime: 4.92 }, { echoTime: 7.38 }]),
    );
    expect(names).toEqual(['echo 1', 'echo 2', 'echo 3']);
    expect(first).toEqual([5, 9, 1]);
    expect(indistinct).toBe(false);
  });

  it('are magnitude and phase of each echo', () => {
    const kinds = [1, 2].flatMap((echoTime) =>
      ['M_FFE\\M\\FFE', 'PHASE MAP\\P\\FFE'].map((type) => ({
        echoTime,
        imageType: `ORIGINAL\\PRIMARY\\${type}`,
      })),
    );
    expect(divided(series(kinds)).names).toEqual([
      'magnitude, echo 1',
      'magnitude, echo 2',
      'phase, echo 1',
      'phase, echo 2',
    ]);
  });

  it('are parts of complex images when only a tag of its own says so', () => {
    const kinds = (['magnitude', 'real', 'imaginary'] as const).flatMap((complexPart) =>
      [4, 8].map((echoTime) => ({ complexPart, echoTime })),
    );
    expect(divided(series(kinds)).names).toEqual(
      ['magnitude', 'real', 'imaginary'].flatMap((part) => [`${part}, echo 1`, `${part}, echo 2`]),
    );
  });

  it('are b values; images that name none are those without weighting', () => {
    expect(divided(series([{ bValue: 1000 }, {}, { bValue: 499.7 }])).names).toEqual([
      'b 0',
      'b 500',
      'b 1000',
    ]);
    expect(divided(series([{ bValue: 1000 }, { bValue: 0 }, {}])).names).toEqual([null, 'b 0', 'b 1000']);
  });

  it('are directions of one b value, in the order in which they were written, and their trace', () => {
    const { names, first, indistinct } = divided(
      series([
        { bValue: 0, gradient: [0, 0, 0] },
        { bValue: 1000, gradient: [1, 0, 0] },
        { bValue: 1000, gradient: [0, 0, 1] },
        { bValue: 1000, gradient: [0, 1, 0] },
        { bValue: 1000, gradient: null },
      ]),
    );
    expect(names).toEqual([
      'b 0',
      'b 1000, direction 1',
      'b 1000, direction 2',
      'b 1000, direction 3',
      'b 1000, trace',
    ]);
    expect(first).toEqual([1, 5, 9, 13, 17]);
    expect(indistinct).toBe(false);
  });

  it('are directions as well when the headers do not name them', () => {
    const kinds = [{ bValue: 0 }, { bValue: 1000 }, { bValue: 1000 }];
    expect(divided(series(kinds)).names).toEqual(['b 0', 'b 1000, direction 1', 'b 1000, direction 2']);
  });

  it('are repeats in time where b is next to 0, whatever direction the header names', () => {
    const { parts, indistinct } = partsOf(
      series([0, 0.001, 0.002].map((bValue) => ({ bValue, gradient: [1, 0, 0] as const }))),
    );
    expect(parts.map(({ label, phase }) => [label, phase])).toEqual([
      [null, 0],
      [null, 1],
      [null, 2],
    ]);
    expect(indistinct).toBe(false);
  });

  it('are two repeats of one direction when only the order of writing tells them apart', () => {
    const { parts, indistinct } = partsOf(
      series([1, 2].map(() => ({ bValue: 1000, gradient: [1, 0, 0] as const }))),
    );
    expect(parts.map(({ label, phase }) => [label, phase])).toEqual([
      [null, 0],
      [null, 1],
    ]);
    expect(indistinct).toBe(false);
  });

  it('are averages of a direction in time', () => {
    const kinds = [1, 2].map((acquisitionNumber) => ({
      bValue: 1000,
      gradient: [1, 0, 0] as const,
      acquisitionNumber,
    }));
    const { parts } = partsOf(series(kinds));
    expect(parts.map(({ label, phase }) => [label, phase])).toEqual([
      [null, 0],
      [null, 1],
    ]);
  });

  it('are times when instance numbers repeat the places in one order', () => {
    const { names, first, indistinct, sizes } = divided(series([{}, {}, {}]));
    expect([names, first, indistinct]).toEqual([[0, 1, 2], [1, 5, 9], false]);
    expect(sizes).toEqual(new Set([PLACES]));
  });

  it('are not called times when there are two: field maps look the same', () => {
    const { names, indistinct } = divided(series([{}, {}]));
    expect([names, indistinct]).toEqual([['set 1', 'set 2'], true]);
  });

  it('keep their place in time when one of them is lost', () => {
    const positions = series([{}, {}, {}]).map((place, k) =>
      k === 2 ? { ...place, slices: place.slices.filter((_, n) => n !== 1) } : place,
    );
    expect(
      partsOf(positions).parts.map(({ slices }) => slices.map(({ instanceNumber }) => instanceNumber)),
    ).toEqual([
      [1, 2, 3, 4],
      [5, 6, 8],
      [9, 10, 11, 12],
    ]);
  });

  it('are not divided by a tag that changes from slice to slice', () => {
    const positions = series([{ temporalPosition: 1 }, { temporalPosition: 2 }, { temporalPosition: 3 }]).map(
      (place, k) => ({
        ...place,
        slices: place.slices.map((slice) => ({ ...slice, flipAngle: 10 + (k % 2) })),
      }),
    );
    expect(divided(positions).names).toEqual([0, 1, 2]);
  });
});
