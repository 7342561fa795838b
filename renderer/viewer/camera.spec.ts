import { describe, expect, it } from 'vitest';
import { affineFromColumns, type Geometry } from '#src/imaging/geometry';
import { SliceFrame, zoomAt } from './camera';

const geometry: Geometry = {
  dims: [40, 30, 10],
  affine: affineFromColumns([1, 0, 0], [0, 1, 0], [0, 0, 8], [0, 0, 0]),
  calibrated: true,
};
const viewport = { width: 800, height: 600 };
const orientations = [false, true].flatMap((transpose) =>
  [false, true].flatMap((flipX) => [false, true].map((flipY) => ({ transpose, flipX, flipY }))),
);

describe('a slice on the screen', () => {
  it.each(orientations)('finds the voxel under a pixel again (%o)', (orientation) => {
    for (const plane of [0, 1, 2] as const) {
      const frame = new SliceFrame(geometry, plane, orientation);
      const camera = zoomAt(frame, frame.fit(viewport), viewport, 100, 50, 2.5);
      const [a, b, c, d, e, f] = frame.transform(camera, viewport);
      // The centre of voxel (3, 7) in edge coordinates is (3.5, 7.5).
      const [x, y] = [a * 3.5 + c * 7.5 + e, b * 3.5 + d * 7.5 + f];
      const [u, v] = frame.toVoxel(x, y, camera, viewport);
      expect(u).toBeCloseTo(3, 9);
      expect(v).toBeCloseTo(7, 9);
    }
  });

  it('fits the whole slice with square millimetres', () => {
    const frame = new SliceFrame(geometry, 1, { transpose: false, flipX: false, flipY: true });
    expect([frame.widthMm, frame.heightMm]).toEqual([40, 80]);
    expect(frame.fit(viewport).zoom).toBe(7.5);
  });

  it('keeps the point under the pointer when it zooms', () => {
    const frame = new SliceFrame(geometry, 0, { transpose: false, flipX: true, flipY: false });
    const camera = frame.fit(viewport);
    const before = frame.toVoxel(123, 456, camera, viewport);
    const after = frame.toVoxel(123, 456, zoomAt(frame, camera, viewport, 123, 456, 3), viewport);
    expect(after[0]).toBeCloseTo(before[0], 9);
    expect(after[1]).toBeCloseTo(before[1], 9);
  });
});
