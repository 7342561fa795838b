/** Filled contours: scikit-image finds the same voxels inside the same polygons (fixtures/make-contours.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { affineFromColumns, voxelToPatient, type Geometry, type Vector3 } from '#src/imaging/geometry';
import { rasteriseContours, type Contour } from './rasterise-contours';

interface Case {
  readonly name: string;
  readonly polygons: readonly (readonly number[])[];
  readonly rows: readonly string[];
}
const cases = JSON.parse(readFileSync('src/masks/fixtures/contours.json', 'utf8')) as Case[];

/** Oblique, pixels of 0.9 x 1.4 mm, slices 3.7 mm apart. */
const OBLIQUE: Geometry = {
  dims: [31, 23, 4],
  affine: affineFromColumns(
    [0.72, 0.324, -0.432],
    [0, 1.12, 0.84],
    [2.2200000000000002, -1.776, 2.3680000000000003],
    [-21.5, 13.25, 40],
  ),
  calibrated: true,
};

/** A contour on slice k, from columns and rows. */
function contour(points: readonly number[], k: number, geometry = OBLIQUE): Contour {
  const xyz: number[] = [];
  for (let n = 0; n < points.length; n += 2)
    xyz.push(...voxelToPatient(geometry, [points[n] ?? 0, points[n + 1] ?? 0, k]));
  return { points: Float64Array.from(xyz) };
}

/** The voxels of slice k as text. */
function picture(values: Uint8Array, k: number, { dims }: Geometry = OBLIQUE): string[] {
  return Array.from({ length: dims[1] }, (_, j) =>
    Array.from({ length: dims[0] }, (_, i) => (values[(k * dims[1] + j) * dims[0] + i] ? '#' : '.')).join(''),
  );
}

const rectangle = (left: number, top: number, right: number, bottom: number) => [
  left,
  top,
  right,
  top,
  right,
  bottom,
  left,
  bottom,
];
const total = (values: Uint8Array) => values.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);

describe('SEG, RTSTRUCT, NIfTI masks: contours become the voxels whose centres they enclose', () => {
  it.each(cases.map((some) => [some.name, some] as const))('as scikit-image fills them: %s', (_, some) => {
    const contours = some.polygons.map((points) => contour(points, 2));
    const { values, groups } = rasteriseContours([{ value: 7, contours }], OBLIQUE);
    expect(picture(values, 2)).toEqual(some.rows);
    expect(values.every((value, n) => value === 0 || (value === 7 && Math.floor(n / (31 * 23)) === 2))).toBe(
      true,
    );
    expect(groups).toEqual([
      expect.objectContaining({ value: 7, offGrid: 0, outside: 0, passedOver: 0, copies: 0, gaps: 0 }),
    ]);
  });

  it('a channel drawn to a hole and back leaves no trace, also through voxel centres', () => {
    const keyhole = [2, 2, 20, 2, 20, 15, 2, 15, 2, 2, 6, 6, 6, 10, 11, 10, 11, 6, 6, 6];
    const nested = [contour(rectangle(2, 2, 20, 15), 1), contour(rectangle(6, 6, 11, 10), 1)];
    const one = rasteriseContours([{ value: 1, contours: [contour(keyhole, 1)] }], OBLIQUE);
    const two = rasteriseContours([{ value: 1, contours: nested }], OBLIQUE);
    expect(one.values).toEqual(two.values);
    // Through centres: 18 x 13 less 5 x 4, as large as the area.
    expect(total(one.values)).toBe(18 * 13 - 5 * 4);
  });

  it('neighbours that share an edge through voxel centres share no voxel', () => {
    const groups = [
      { value: 1, contours: [contour(rectangle(3, 3, 8, 12), 0)] },
      { value: 2, contours: [contour(rectangle(8, 3, 14, 12), 0)] },
    ];
    const { values, overlapping } = rasteriseContours(groups, OBLIQUE);
    expect(overlapping).toBe(0);
    expect(total(values)).toBe(11 * 9);
  });

  it('a contour goes to the nearest slice within half a slice, and one beyond is reported in millimetres', () => {
    const square = rectangle(4.5, 4.5, 9.5, 9.5);
    const near = [contour(square, 1.4), contour(square, -0.45)];
    const far = [contour(square, 3.8), contour(square, -2)];
    const { values, groups } = rasteriseContours([{ value: 1, contours: [...near, ...far] }], OBLIQUE);
    expect([0, 1, 2, 3].map((k) => picture(values, k).join('').replaceAll('.', '').length)).toEqual([
      25, 25, 0, 0,
    ]);
    expect(groups[0]).toMatchObject({ offGrid: 2, gaps: 0 });
    expect(groups[0]?.farthest).toBeCloseTo(2 * 3.7, 5);
  });

  it('a contour across the slices is on none', () => {
    const tilted = new Float64Array(
      (
        [
          [4, 4, 0],
          [12, 4, 2.4],
          [12, 9, 2.4],
          [4, 9, 0],
        ] as Vector3[]
      ).flatMap((index) => [...voxelToPatient(OBLIQUE, index)]),
    );
    const { values, groups } = rasteriseContours([{ value: 1, contours: [{ points: tilted }] }], OBLIQUE);
    expect(total(values)).toBe(0);
    expect(groups[0]?.offGrid).toBe(1);
  });

  it('of two planes within one slice the one nearer to its middle counts', () => {
    const contours = [contour(rectangle(1, 1, 20, 20), 2.4), contour(rectangle(4, 4, 9, 9), 1.9)];
    const { values, groups } = rasteriseContours([{ value: 1, contours }], OBLIQUE);
    expect(total(values)).toBe(25);
    expect(groups[0]).toMatchObject({ passedOver: 1, offGrid: 0 });
  });

  it('the same contour twice is one, and slices left out between contours are counted', () => {
    const square = rectangle(4, 4, 9, 9);
    const contours = [contour(square, 0), contour(square, 0), contour(square, 3)];
    const { values, groups } = rasteriseContours([{ value: 1, contours }], OBLIQUE);
    expect(total(values)).toBe(50);
    expect(groups[0]).toMatchObject({ copies: 1, gaps: 2 });
  });

  it('where structures overlap the later one has the voxels, and they are counted', () => {
    const groups = [
      { value: 1, contours: [contour(rectangle(2, 2, 10, 10), 0)] },
      { value: 2, contours: [contour(rectangle(6, 6, 14, 14), 0)] },
    ];
    const { values, overlapping } = rasteriseContours(groups, OBLIQUE);
    expect(overlapping).toBe(16);
    expect(values.filter((value) => value === 2)).toHaveLength(64);
    expect(values.filter((value) => value === 1)).toHaveLength(48);
    const third = { value: 3, contours: [contour(rectangle(8, 8, 16, 16), 0)] };
    // 36 voxels of the second, 4 of them counted already.
    expect(rasteriseContours([...groups, third], OBLIQUE).overlapping).toBe(16 + 36 - 4);
  });

  it('a contour beside the matrix marks nothing and is counted; one that reaches over its edge is cut', () => {
    const contours = [contour(rectangle(40, 2, 45, 8), 0), contour(rectangle(-5, -5, 2.5, 2.5), 1)];
    const { values, groups } = rasteriseContours([{ value: 1, contours }], OBLIQUE);
    expect(total(values)).toBe(9);
    expect(groups[0]).toMatchObject({ outside: 1, offGrid: 0 });
  });

  it('a grid whose slices lie along another axis holds the same voxels', () => {
    const [i, j, k] = [0, 1, 2].map((axis) => OBLIQUE.affine.filter((_, n) => n < 12 && n % 4 === axis));
    const column = (some: readonly number[] | undefined): Vector3 => [
      some?.[0] ?? 0,
      some?.[1] ?? 0,
      some?.[2] ?? 0,
    ];
    const turned: Geometry = {
      dims: [4, 31, 23],
      affine: affineFromColumns(column(k), column(i), column(j), [-21.5, 13.25, 40]),
      calibrated: true,
    };
    const contours = [contour(cases[0]?.polygons[0] ?? [], 2)];
    const { values } = rasteriseContours([{ value: 1, contours }], turned);
    const rows = Array.from({ length: 23 }, (_, y) =>
      Array.from({ length: 31 }, (_, x) => (values[(y * 31 + x) * 4 + 2] ? '#' : '.')).join(''),
    );
    expect(rows).toEqual(cases[0]?.rows);
  });
});
