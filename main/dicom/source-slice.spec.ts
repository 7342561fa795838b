import { describe, expect, it } from 'vitest';
import type { FrameFacts } from './frame-facts';
import { unopenedFile } from './source-file';
import { sliceMaker } from './source-slice';

const frame = (overrides: Partial<FrameFacts> = {}): FrameFacts => ({
  frame: 3,
  tile: { left: 0, top: 8, frameColumns: 16 },
  rows: 6,
  columns: 8,
  position: [1, 2, 3],
  orientation: [
    [1, 0, 0],
    [0, 1, 0],
  ],
  pixelSpacing: [1.5, 1.25],
  sliceThickness: 8,
  instanceNumber: 4,
  temporalPosition: 5,
  triggerTime: 6.5,
  acquisitionNumber: 7,
  acquisitionTime: 8.5,
  contentTime: 9.5,
  echoTime: 10,
  inversionTime: 11,
  flipAngle: 12,
  bValue: 1000,
  imageType: 'ORIGINAL\\PRIMARY',
  gradient: [0, 0, 1],
  complexPart: 'phase',
  slope: 2,
  intercept: -1,
  window: { centre: 100, width: 200 },
  ...overrides,
});
const source = unopenedFile('a/1.dcm', 'r', '/r/a/1.dcm');
const image = {
  context: {} as never,
  sopInstanceUid: '1.2',
  frameOfReferenceUid: '1.3',
  pixelOffset: 10,
  extendedOffsets: null,
  notes: [],
};

describe('slices of an import', () => {
  it('have every field of their frame', () => {
    expect(sliceMaker()(frame(), source, image)).toEqual({ ...frame(), source, image });
  });

  it('share what they say like the one before, and nothing else', () => {
    const sliceOf = sliceMaker();
    const first = sliceOf(frame(), source, image);
    const second = sliceOf(frame({ position: [1, 2, 11] }), source, image);
    expect(second.orientation).toBe(first.orientation);
    expect(second.window).toBe(first.window);
    const turned = frame({
      orientation: [
        [0, 1, 0],
        [0, 0, 1],
      ],
      window: null,
      pixelSpacing: [1.5, 1.5],
    });
    const third = sliceOf(turned, source, image);
    expect(third).toEqual({ ...turned, source, image });
    expect(sliceOf(frame(), source, image)).toEqual({ ...frame(), source, image });
  });
});
