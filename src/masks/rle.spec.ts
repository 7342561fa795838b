import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countLabels } from './label-counts';
import { traceOutlines } from './outline';
import { decodeLabels, encodeLabels } from './rle';

describe('run-length code', () => {
  it('gives back what it was given (property)', () => {
    const runs = fc.array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 40_000 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(runs, (parts) => {
        const labels = Uint8Array.from(parts.flatMap(([label, length]) => Array<number>(length).fill(label)));
        expect(Buffer.from(decodeLabels(encodeLabels(labels), labels.length)).equals(labels)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses what does not fill the grid', () => {
    const bytes = encodeLabels(Uint8Array.of(1, 1, 0));
    expect(() => decodeLabels(bytes, 4)).toThrow('does not hold the 4 voxels');
    expect(() => decodeLabels(bytes, 2)).toThrow('does not hold the 2 voxels');
  });
});

it('counts the voxels of each label', () => {
  expect(countLabels(Uint8Array.of(0, 3, 3, 255))).toEqual({ '3': 2, '255': 1 });
});

it('traces outlines as long as the edges between different labels (property)', () => {
  const dims = [9, 8, 3] as const;
  const labels = fc.uint8Array({ min: 0, max: 3, minLength: 216, maxLength: 216 });
  fc.assert(
    fc.property(
      labels,
      fc.constantFrom(0 as const, 1 as const, 2 as const),
      fc.nat(2),
      (values, plane, slice) => {
        const at = (i: number, j: number, k: number) =>
          i < 0 || j < 0 || k < 0 || i >= dims[0] || j >= dims[1] || k >= dims[2]
            ? 0
            : (values[(k * 8 + j) * 9 + i] ?? 0);
        const pixel = (u: number, v: number) =>
          plane === 0 ? at(u, v, slice) : plane === 1 ? at(u, slice, v) : at(slice, u, v);
        const [width, height] = plane === 0 ? [9, 8] : plane === 1 ? [9, 3] : [8, 3];
        const outlines = traceOutlines(values, dims, plane, slice);
        for (const label of [1, 2, 3]) {
          let expected = 0;
          for (let v = 0; v < height; v += 1)
            for (let u = 0; u < width; u += 1)
              if (pixel(u, v) === label)
                for (const [du, dv] of [
                  [1, 0],
                  [-1, 0],
                  [0, 1],
                  [0, -1],
                ] as const)
                  if (
                    u + du < 0 ||
                    v + dv < 0 ||
                    u + du >= width ||
                    v + dv >= height ||
                    pixel(u + du, v + dv) !== label
                  )
                    expected += 1;
          const edges = outlines.get(label) ?? [];
          let length = 0;
          for (let at4 = 0; at4 < edges.length; at4 += 4)
            length +=
              Math.abs((edges[at4 + 2] ?? 0) - (edges[at4] ?? 0)) +
              Math.abs((edges[at4 + 3] ?? 0) - (edges[at4 + 1] ?? 0));
          expect(length).toBe(expected);
        }
      },
    ),
    { numRuns: 300 },
  );
});
