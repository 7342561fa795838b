import {
  affineFromColumns,
  axisStep,
  voxelCount,
  voxelToPatient,
  type Geometry,
  type Vector3,
} from '#src/imaging/geometry';
import { patientToVoxel } from '#src/imaging/patient-to-voxel';
import { cross, dot, length, scaled, subtract } from '#src/imaging/vectors';
import { OverlapCount } from './overlap-count';

/** Where a plane of mask pixels lies in the patient (LPS, millimetres). */
export interface PlanePlace {
  readonly columns: number;
  readonly rows: number;
  /** Centre of the first pixel. */
  readonly origin: Vector3;
  /** From one column to the next. */
  readonly alongRow: Vector3;
  /** From one row to the next. */
  readonly alongColumn: Vector3;
}

export interface MaskPlane extends PlanePlace {
  /** One value per pixel, row by row; 0 is background. */
  readonly values: Uint8Array;
}

/**
 * How near a plane must lie to its slice: `exact` by its place alone, `nearest` when the mask names the images of the
 * scan and the distances of its slices may be uneven.
 */
export type PlaneFit = 'exact' | 'nearest';

/** The pixels of a plane in a volume: pixel (column, row) is voxel `first + column * columnStep + row * rowStep`. */
interface Slot {
  readonly axis: number;
  readonly slice: number;
  /** Millimetres from the middle of the slice. */
  readonly off: number;
  readonly first: number;
  readonly columnStep: number;
  readonly rowStep: number;
}

const TOLERANCE_MM = 0.1;
/** Distances of slices count as equal within this share (as when a series becomes a volume). */
const UNEVEN = 0.1;

/** Whether every plane is a slice of the grid, and no two at different places are the same one. */
export function planesFit(planes: readonly PlanePlace[], geometry: Geometry, fit: PlaneFit): boolean {
  return slotsOf(planes, geometry, fit) !== null;
}

/**
 * Puts planes into a volume; what no plane covers is 0. Rows and columns may be flipped or exchanged, and the slices of
 * the grid may lie along any of its axes.
 *
 * @returns values in i-fastest order, and how many voxels two planes claim for different values, of
 *   which the larger has them; null when the planes
 *   are not slices of the grid
 */
export function placePlanes(
  planes: readonly MaskPlane[],
  geometry: Geometry,
  fit: PlaneFit,
): { values: Uint8Array; overlapping: number } | null {
  const slots = slotsOf(planes, geometry, fit);
  if (slots === null) return null;
  const values = new Uint8Array(voxelCount(geometry.dims));
  const overlap = new OverlapCount(values.length);
  for (const [n, { first, columnStep, rowStep }] of slots.entries()) {
    const plane = planes[n];
    if (plane === undefined) continue;
    let from = 0;
    for (let row = 0; row < plane.rows; row++) {
      let to = first + row * rowStep;
      for (let column = 0; column < plane.columns; column++, to += columnStep) {
        const value = plane.values[from++] ?? 0;
        if (value === 0) continue;
        const before = values[to] ?? 0;
        if (before !== 0 && before !== value) overlap.mark(to);
        if (value > before) values[to] = value;
      }
    }
  }
  return { values, overlapping: overlap.count };
}

/** The regular grid behind planes that lie in any order and with gaps; `betweenSlices` where they cannot tell. */
export function gridOfPlanes(planes: readonly PlanePlace[], betweenSlices: number | null): Geometry {
  const [some] = planes;
  if (some === undefined) return { dims: [0, 0, 0], affine: Array(16).fill(0), calibrated: false };
  const across = cross(some.alongRow, some.alongColumn);
  const normal = scaled(across, 1 / (length(across) || 1));
  const sorted = planes
    .map((plane) => ({ plane, distance: dot(plane.origin, normal) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [first, last] = [sorted[0], sorted.at(-1)];
  const gaps = sorted
    .slice(1)
    .map(({ distance }, n) => distance - (sorted[n]?.distance ?? distance))
    .filter((gap) => gap > TOLERANCE_MM);
  const step = gaps.length > 0 ? Math.min(...gaps, betweenSlices ?? Infinity) : (betweenSlices ?? 1);
  const count = Math.round(((last?.distance ?? 0) - (first?.distance ?? 0)) / step) + 1;
  return {
    dims: [some.columns, some.rows, count],
    affine: affineFromColumns(
      some.alongRow,
      some.alongColumn,
      scaled(normal, step),
      (first?.plane ?? some).origin,
    ),
    calibrated: true,
  };
}

function slotsOf(planes: readonly PlanePlace[], geometry: Geometry, fit: PlaneFit): Slot[] | null {
  const toVoxel = patientToVoxel(geometry);
  const taken = new Map<number, Slot>();
  const slots: Slot[] = [];
  for (const plane of planes) {
    const slot = slotOf(plane, geometry, toVoxel, fit);
    if (slot === null) return null;
    const other = taken.get(slot.slice);
    if (other !== undefined && (other.axis !== slot.axis || Math.abs(other.off - slot.off) > TOLERANCE_MM))
      return null;
    taken.set(slot.slice, slot);
    slots.push(slot);
  }
  return slots;
}

type Axis = 0 | 1 | 2;

function slotOf(
  plane: PlanePlace,
  geometry: Geometry,
  toVoxel: (point: Vector3) => Vector3,
  fit: PlaneFit,
): Slot | null {
  const { dims } = geometry;
  const start = toVoxel(plane.origin);
  const rowAxis = mainAxis(subtract(toVoxel(sum(plane.origin, plane.alongRow)), start));
  const columnAxis = mainAxis(subtract(toVoxel(sum(plane.origin, plane.alongColumn)), start));
  if (rowAxis.axis === columnAxis.axis) return null;
  const axis = (3 - rowAxis.axis - columnAxis.axis) as Axis;
  if (dims[rowAxis.axis] !== plane.columns || dims[columnAxis.axis] !== plane.rows) return null;
  const slice = Math.round(start[axis]);
  if (slice < 0 || slice >= dims[axis]) return null;
  const strides = [1, dims[0], dims[0] * dims[1]] as const;
  const step = axisStep(geometry, axis);
  const spacing = length(step);
  const along = scaled(step, 1 / spacing);
  const offs: number[] = [];
  for (const column of [0, plane.columns - 1])
    for (const row of [0, plane.rows - 1]) {
      const index: [number, number, number] = [slice, slice, slice];
      index[rowAxis.axis] = rowAxis.backwards ? plane.columns - 1 - column : column;
      index[columnAxis.axis] = columnAxis.backwards ? plane.rows - 1 - row : row;
      const corner = sum(sum(plane.origin, scaled(plane.alongRow, column)), scaled(plane.alongColumn, row));
      const error = subtract(corner, voxelToPatient(geometry, index));
      const off = dot(error, along);
      if (length(subtract(error, scaled(along, off))) > TOLERANCE_MM) return null;
      offs.push(off);
    }
  const limit = fit === 'nearest' ? spacing / 2 : Math.max(TOLERANCE_MM, spacing * UNEVEN);
  // A plane that leaves its slice on one side only is tilted, however thick the slice is.
  if (Math.max(...offs) - Math.min(...offs) > TOLERANCE_MM) return null;
  if (offs.some((off) => Math.abs(off) > limit)) return null;
  const columnStep = strides[rowAxis.axis] * (rowAxis.backwards ? -1 : 1);
  const rowStep = strides[columnAxis.axis] * (columnAxis.backwards ? -1 : 1);
  const first =
    slice * strides[axis] +
    (rowAxis.backwards ? (plane.columns - 1) * strides[rowAxis.axis] : 0) +
    (columnAxis.backwards ? (plane.rows - 1) * strides[columnAxis.axis] : 0);
  return { axis, slice, off: offs[0] ?? 0, first, columnStep, rowStep };
}

const sum = (a: Vector3, b: Vector3): Vector3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

/** The axis along which a step mostly goes. */
function mainAxis(step: Vector3): { axis: Axis; backwards: boolean } {
  const size = step.map(Math.abs);
  const axis = size.indexOf(Math.max(...size)) as Axis;
  return { axis, backwards: step[axis] < 0 };
}
