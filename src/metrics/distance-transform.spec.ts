import fc from 'fast-check';
import { expect, it } from 'vitest';
import { squaredDistances } from './distance-transform';

it('is the distance to the nearest marked point, by trying all of them (property)', () => {
  const size = fc.integer({ min: 1, max: 6 });
  const step = fc.double({ min: 0.3, max: 9, noNaN: true });
  const setting = fc.tuple(size, size, size, step, step, step, fc.array(fc.nat(), { maxLength: 5 }));
  fc.assert(
    fc.property(setting, ([nx, ny, nz, sx, sy, sz, points]) => {
      const count = nx * ny * nz;
      const marked = new Uint8Array(count);
      for (const point of points) marked[point % count] = 1;
      const distances = squaredDistances(marked, [nx, ny, nz], [sx, sy, sz]);
      const where = (at: number) => [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))] as const;
      distances.forEach((distance, at) => {
        const [i, j, k] = where(at);
        let nearest = Infinity;
        marked.forEach((mark, other) => {
          if (mark === 0) return;
          const [x, y, z] = where(other);
          nearest = Math.min(nearest, ((i - x) * sx) ** 2 + ((j - y) * sy) ** 2 + ((k - z) * sz) ** 2);
        });
        if (nearest === Infinity) expect(distance).toBe(Infinity);
        else expect(Math.abs(distance - nearest)).toBeLessThan(1e-9 * (1 + nearest));
      });
    }),
    { numRuns: 400 },
  );
});
