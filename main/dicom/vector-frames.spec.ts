/** Classic multi-frame files: nuclear medicine, cines of ultrasound and angiography, secondary capture. */
import { describe, expect, it } from 'vitest';
import { fixtureFields } from '#main/testing/dicom-fixture';
import { framesOf } from './frames-of';

const facts = (name: string) => framesOf(fixtureFields(`frames/${name}`));

describe('a multi-frame file', () => {
  it('of reconstructed nuclear medicine is a stack, against the normal where its spacing is negative', () => {
    const frames = facts('nuclear-tomo');
    expect(frames.map(({ position }) => position?.map((x) => Number(x.toFixed(6))))).toEqual([
      [-10, -20, 30],
      [-10, -20, 25.8],
      [-10, -20, 21.6],
    ]);
    expect(frames[0]).toMatchObject({
      orientation: [
        [1, 0, 0],
        [0, 1, 0],
      ],
      pixelSpacing: [2.5, 2],
      sliceThickness: 4.2,
      temporalPosition: null,
    });
  });

  it('of gated nuclear medicine has a stack for each time slot', () => {
    const frames = facts('nuclear-gated');
    expect(frames.map(({ temporalPosition }) => temporalPosition)).toEqual([1, 1, 2, 2]);
    expect(frames.map(({ position }) => position?.[2])).toEqual([30, 34.2, 30, 34.2]);
  });

  it.each([
    ['ultrasound-cine', [0, 33.5, 67]],
    ['angiography-cine', [0, 40, 90]],
    ['capture', [null, null]],
    ['enhanced-angiography', [0, 66, 132]],
  ])('without a place is a sequence in time: %s', (name, times) => {
    const frames = facts(name);
    expect(frames.map(({ triggerTime }) => triggerTime)).toEqual(times);
    expect(frames.map(({ frame }) => frame)).toEqual(times.map((_, n) => n));
    expect(frames.map(({ temporalPosition }) => temporalPosition)).toEqual(times.map((_, n) => n));
    expect(frames.every(({ position }) => position === null)).toBe(true);
  });
});
