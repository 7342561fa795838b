import { describe, expect, it } from 'vitest';
import type { Dims } from '#src/imaging/geometry';
import type { Plane } from '#src/imaging/slices';
import { integerBelow, randomStream, uniform } from '#src/models/random';
import { lassoVoxels, simplifiedLine, type SlicePoint } from './lasso';

const DIMS: Dims = [9, 8, 7];

/** Whether a point is inside by the even-odd rule, edge by edge (Shimrat 1962, as corrected by Hacker). */
function isInside([x, y]: SlicePoint, points: readonly SlicePoint[]): boolean {
  let inside = false;
  points.forEach(([x1, y1], n) => {
    const [x2, y2] = points[(n + 1) % points.length] ?? [0, 0];
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) * (x2 - x1)) / (y2 - y1)) inside = !inside;
  });
  return inside;
}

describe('lassoVoxels', () => {
  it('takes the voxels whose centres are inside, in every plane, also where it crosses itself', () => {
    for (let seed = 0; seed < 10_000; seed += 1) {
      const random = randomStream(seed, 3);
      const plane = integerBelow(random, 3) as Plane;
      const [u, v, w] =
        plane === 0 ? ([0, 1, 2] as const) : plane === 1 ? ([0, 2, 1] as const) : ([1, 2, 0] as const);
      const slice = integerBelow(random, DIMS[w]);
      const points = Array.from(
        { length: 3 + integerBelow(random, 6) },
        () => [uniform(random, -3, DIMS[u] + 2), uniform(random, -3, DIMS[v] + 2)] as const,
      );
      const expected: number[] = [];
      for (let k = 0; k < DIMS[2]; k += 1)
        for (let j = 0; j < DIMS[1]; j += 1)
          for (let i = 0; i < DIMS[0]; i += 1) {
            const at = [i, j, k] as const;
            if (at[w] === slice && isInside([at[u], at[v]], points))
              expected.push((k * DIMS[1] + j) * DIMS[0] + i);
          }
      const found = lassoVoxels(points, DIMS, plane, slice).toSorted((a, b) => a - b);
      if (found.join() !== expected.join())
        throw new Error(`seed ${seed}: ${found.join()} for ${expected.join()}`);
    }
  });

  it('takes nothing for a line or a point', () => {
    expect(lassoVoxels([[1, 1]], DIMS, 0, 0)).toEqual([]);
    expect(
      lassoVoxels(
        [
          [1, 1],
          [6, 5],
        ],
        DIMS,
        0,
        0,
      ),
    ).toEqual([]);
  });
});

describe('simplifiedLine', () => {
  it('stays within the tolerance of every point that it leaves out', () => {
    for (let seed = 0; seed < 150; seed += 1) {
      const random = randomStream(seed, 4);
      let at: SlicePoint = [0, 0];
      const points = Array.from({ length: 1 + integerBelow(random, 40) }, () => {
        at = [at[0] + uniform(random, -1, 2), at[1] + uniform(random, -1, 1)];
        return at;
      });
      const kept = simplifiedLine(points, [1, 1], 0.7);
      expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
      for (const point of points) {
        const off = Math.min(
          ...kept.map((from, n) => {
            const to = kept[n + 1] ?? from;
            let nearest = Infinity;
            for (let t = 0; t <= 1; t += 1 / 256)
              nearest = Math.min(
                nearest,
                Math.hypot(
                  point[0] - from[0] - t * (to[0] - from[0]),
                  point[1] - from[1] - t * (to[1] - from[1]),
                ),
              );
            return nearest;
          }),
        );
        if (off > 0.72) throw new Error(`seed ${seed}: ${off} off`);
      }
    }
  });

  it('leaves two points of a straight line, whatever the voxels measure', () => {
    const line = [0, 1, 2, 3].map((n) => [n, 2 * n] as const);
    expect(simplifiedLine(line, [1, 5], 0.01)).toEqual([line[0], line[3]]);
    expect(
      simplifiedLine(
        [
          [0, 0],
          [1, 0.4],
          [2, 0],
        ],
        [1, 5],
        1,
      ),
    ).toHaveLength(3);
    expect(
      simplifiedLine(
        [
          [0, 0],
          [1, 0.4],
          [2, 0],
        ],
        [1, 1],
        1,
      ),
    ).toHaveLength(2);
  });
});
