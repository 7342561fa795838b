import { axisStep, voxelCount, type Geometry, type Vector3 } from '#src/imaging/geometry';
import { patientToVoxel } from '#src/imaging/patient-to-voxel';
import { length } from '#src/imaging/vectors';
import { OverlapCount } from './overlap-count';
import { fillOutlines } from './scan-lines';

/** A closed planar polygon: x, y, z of one point after the other, LPS millimetres. */
export interface Contour {
  readonly points: Float64Array;
}

/** The contours of one structure, with the value (1 to 255) that its voxels get. */
export interface ContourGroup {
  readonly value: number;
  readonly contours: readonly Contour[];
}

/** How a contour lies on a grid. */
interface ContourPlace {
  readonly slice: number;
  /** Millimetres from the slice's middle: of the whole contour, and of its farthest point. */
  readonly off: number;
  readonly farthest: number;
  /** false when it lies beside the matrix. */
  readonly isInside: boolean;
  /** Place in the slice, in voxels: two numbers for each point. */
  readonly outline: Float64Array;
}

export interface ContourPlaces {
  /** The grid's axis across the contours. */
  readonly axis: Axis;
  /** Millimetres between its slices. */
  readonly spacing: number;
  /** In the order of the contours. */
  readonly contours: readonly ContourPlace[];
}

/** What became of the contours of one structure. */
export interface RasterisedGroup {
  readonly value: number;
  /** Contours that lie on no slice (more than half a slice away, or across the slices), and the farthest, mm. */
  readonly offGrid: number;
  readonly farthest: number;
  /** Contours beside the matrix. */
  readonly outside: number;
  /** Contours that were drawn on a plane farther from the slice's middle than another one of the same structure. */
  readonly passedOver: number;
  /** Contours that were there twice. */
  readonly copies: number;
  /** Slices without a contour between the first and the last. */
  readonly gaps: number;
}

type Axis = 0 | 1 | 2;

/** Rounding of positions in headers. */
const SAME_PLANE_MM = 0.01;
const ROUNDING_MM = 1e-3;
/** Contours are often drawn through pixel centres: without the noise of the arithmetic they lie exactly there. */
const PER_VOXEL = 1e4;

/** Whether a contour lies on its slice: nowhere more than half a slice away. */
export function isOnGrid(place: ContourPlace, spacing: number): boolean {
  return place.farthest <= spacing / 2 + ROUNDING_MM;
}

/** Finds the slice of each contour: the nearest along the axis of the grid that is most across all of them. */
export function placeContours(contours: readonly Contour[], geometry: Geometry): ContourPlaces {
  const toVoxel = patientToVoxel(geometry);
  const spacings = ([0, 1, 2] as const).map((axis) => length(axisStep(geometry, axis)));
  const inVoxels = contours.map(({ points }) => {
    const voxels: Vector3[] = [];
    for (let at = 0; at + 2 < points.length; at += 3)
      voxels.push(toVoxel([points[at] ?? 0, points[at + 1] ?? 0, points[at + 2] ?? 0]));
    return voxels;
  });
  const depth = ([0, 1, 2] as const).map((axis) =>
    inVoxels.reduce((total, voxels) => total + extent(voxels, axis) * (spacings[axis] ?? 1), 0),
  );
  // Where nothing tells (no contours), slices are along k.
  const axis = depth.lastIndexOf(Math.min(...depth)) as Axis;
  const spacing = spacings[axis] ?? 1;
  return {
    axis,
    spacing,
    contours: inVoxels.map((voxels) => placeOf(voxels, axis, spacing, geometry)),
  };
}

function placeOf(voxels: readonly Vector3[], axis: Axis, spacing: number, { dims }: Geometry): ContourPlace {
  const mean = voxels.reduce((total, voxel) => total + voxel[axis], 0) / (voxels.length || 1);
  const slice = Math.min(Math.max(Math.round(mean), 0), dims[axis] - 1);
  const farthest = voxels.reduce((most, voxel) => Math.max(most, Math.abs(voxel[axis] - slice)), 0);
  const [x, y] = planeAxes(axis);
  const outline = new Float64Array(2 * voxels.length);
  voxels.forEach((voxel, n) => {
    outline[2 * n] = Math.round(voxel[x] * PER_VOXEL) / PER_VOXEL;
    outline[2 * n + 1] = Math.round(voxel[y] * PER_VOXEL) / PER_VOXEL;
  });
  const touches = (along: Axis) =>
    voxels.some((voxel) => voxel[along] > -0.5) && voxels.some((voxel) => voxel[along] < dims[along] - 0.5);
  return {
    slice,
    off: Math.abs(mean - slice) * spacing,
    farthest: farthest * spacing,
    isInside: touches(x) && touches(y),
    outline,
  };
}

/**
 * Fills contours on a grid. A voxel belongs to a structure when its centre is inside an odd number of the structure's
 * contours in the slice: a contour within another one is a hole, and a channel drawn to a hole and back vanishes. A
 * centre on the outline itself counts as inside on the low sides only, so that neighbours share no voxel.
 *
 * Each contour goes to the nearest slice within half a slice; where a structure has contours on several planes within
 * one slice, the plane nearest to its middle counts. Voxels of several structures go to the later group.
 *
 * @returns values in i-fastest order, how often a later group took a voxel from an earlier one, and what became of each
 *   group's contours
 */
export function rasteriseContours(
  groups: readonly ContourGroup[],
  geometry: Geometry,
): { values: Uint8Array; overlapping: number; groups: RasterisedGroup[] } {
  const { axis, spacing, contours } = placeContours(
    groups.flatMap((group) => group.contours),
    geometry,
  );
  const values = new Uint8Array(voxelCount(geometry.dims));
  const overlap = new OverlapCount(values.length);
  let next = 0;
  const notes = groups.map(({ value, contours: own }): RasterisedGroup => {
    const all = contours.slice(next, next + own.length);
    next += own.length;
    const onGrid = all.filter((place) => isOnGrid(place, spacing));
    const slices = new Map<number, ContourPlace[]>();
    for (const place of onGrid) slices.set(place.slice, [...(slices.get(place.slice) ?? []), place]);
    let passedOver = 0;
    let copies = 0;
    for (const [slice, places] of slices) {
      const nearest = Math.min(...places.map(({ off }) => off));
      const plane = places.filter(({ off }) => off - nearest <= SAME_PLANE_MM);
      const outlines = withoutCopies(plane.map(({ outline }) => outline));
      passedOver += places.length - plane.length;
      copies += plane.length - outlines.length;
      fill(outlines, value, { values, overlap }, axis, slice, geometry);
    }
    const taken = [...slices.keys()];
    const span = taken.length === 0 ? 0 : Math.max(...taken) - Math.min(...taken) + 1;
    return {
      value,
      offGrid: all.length - onGrid.length,
      farthest: all.reduce((most, { farthest }) => Math.max(most, farthest), 0),
      outside: onGrid.filter(({ isInside }) => !isInside).length,
      passedOver,
      copies,
      gaps: span - taken.length,
    };
  });
  return { values, overlapping: overlap.count, groups: notes };
}

const planeAxes = (axis: Axis): readonly [Axis, Axis] => (axis === 0 ? [1, 2] : axis === 1 ? [0, 2] : [0, 1]);

function extent(voxels: readonly Vector3[], axis: Axis): number {
  let [low, high] = [Infinity, -Infinity];
  for (const voxel of voxels) {
    low = Math.min(low, voxel[axis]);
    high = Math.max(high, voxel[axis]);
  }
  return voxels.length === 0 ? 0 : high - low;
}

/** The same outline twice would cancel itself out. */
function withoutCopies(outlines: readonly Float64Array[]): Float64Array[] {
  const kept: Float64Array[] = [];
  for (const outline of outlines) {
    const isCopy = kept.some(
      (other) => other.length === outline.length && other.every((value, n) => value === outline[n]),
    );
    if (!isCopy) kept.push(outline);
  }
  return kept;
}

/** Fills one slice by the even-odd rule. */
function fill(
  outlines: readonly Float64Array[],
  value: number,
  { values, overlap }: { readonly values: Uint8Array; readonly overlap: OverlapCount },
  axis: Axis,
  slice: number,
  { dims }: Geometry,
): void {
  const [x, y] = planeAxes(axis);
  const strides = [1, dims[0], dims[0] * dims[1]] as const;
  fillOutlines(outlines, dims[x], dims[y], (row, first, end) => {
    let at = slice * strides[axis] + row * strides[y] + first * strides[x];
    for (let column = first; column < end; column++, at += strides[x]) {
      if (values[at] !== 0 && values[at] !== value) overlap.mark(at);
      values[at] = value;
    }
  });
}
