import { cross, dot, length, scaled, subtract } from './vectors';
import type { Vector3 } from './geometry';
import type { SliceFacts } from './slice-facts';

/** Images of one series that share a plane, a matrix and a pixel spacing. */
export interface SliceGroup<S extends SliceFacts> {
  readonly slices: readonly S[];
}

/** All images at one place along the normal of the plane. */
export interface SlicePosition<S extends SliceFacts> {
  /** Millimetres along the normal, from the origin of the patient system. */
  readonly distance: number;
  readonly slices: readonly S[];
}

const COSINE_TOLERANCE = 1e-3;
/** Rounding of positions in headers; slices closer than this are images of the same place. */
const POSITION_TOLERANCE_MM = 0.01;

/**
 * Splits the images of a series by matrix, plane and pixel spacing (localizers, mixed exports). Images without a place
 * in the patient form groups of one: nothing says that they belong on top of each other.
 */
export function splitByGrid<S extends SliceFacts>(slices: readonly S[]): SliceGroup<S>[] {
  const groups: S[][] = [];
  for (const slice of slices) {
    const group = groups.find(([first]) => first !== undefined && sameSliceGrid(first, slice));
    if (group === undefined) groups.push([slice]);
    else group.push(slice);
  }
  return groups.map((members) => ({ slices: members }));
}

function sameSliceGrid(a: SliceFacts, b: SliceFacts): boolean {
  if (a.rows !== b.rows || a.columns !== b.columns) return false;
  if (a.position === null || b.position === null) return false;
  if (a.orientation === null || b.orientation === null) return false;
  const cosines = (slice: SliceFacts) => (slice.orientation ?? []).flat();
  const other = cosines(b);
  if (cosines(a).some((value, index) => Math.abs(value - (other[index] ?? NaN)) > COSINE_TOLERANCE))
    return false;
  if (a.pixelSpacing === null || b.pixelSpacing === null) return a.pixelSpacing === b.pixelSpacing;
  const [rowsA, columnsA] = a.pixelSpacing;
  const [rowsB, columnsB] = b.pixelSpacing;
  return Math.abs(rowsA - rowsB) <= 1e-3 * rowsA && Math.abs(columnsA - columnsB) <= 1e-3 * columnsA;
}

/** Unit normal of the plane, row x column: the direction in which slices are counted. */
export function normalOf(orientation: readonly [Vector3, Vector3]): Vector3 {
  const normal = cross(orientation[0], orientation[1]);
  return scaled(normal, 1 / (length(normal) || 1));
}

/** Sorts the images of a group by their place along the normal; images at the same place stay together, in the order given. */
export function positionsOf<S extends SliceFacts>(group: SliceGroup<S>): SlicePosition<S>[] {
  const [first] = group.slices;
  if (first?.orientation == null || first.position === null)
    return group.slices.map((slice) => ({ distance: 0, slices: [slice] }));
  const normal = normalOf(first.orientation);
  const placed = group.slices
    .map((slice) => ({ slice, distance: dot(slice.position ?? [0, 0, 0], normal) }))
    .toSorted((a, b) => a.distance - b.distance);
  const positions: { distance: number; slices: S[] }[] = [];
  for (const { slice, distance } of placed) {
    const last = positions.at(-1);
    if (last !== undefined && distance - last.distance <= POSITION_TOLERANCE_MM) last.slices.push(slice);
    else positions.push({ distance, slices: [slice] });
  }
  return positions;
}

/**
 * How far (mm) the slices leave the line along the normal through the first one: 0 for a straight stack, more for a
 * tilted gantry or a sheared one.
 */
export function sidewaysShift(positions: readonly SlicePosition<SliceFacts>[]): number {
  const first = positions[0]?.slices[0];
  if (first?.orientation == null || first.position === null) return 0;
  const normal = normalOf(first.orientation);
  const origin = first.position;
  let worst = 0;
  for (const { slices } of positions)
    for (const { position } of slices) {
      if (position === null) continue;
      const step = subtract(position, origin);
      worst = Math.max(worst, length(subtract(step, scaled(normal, dot(step, normal)))));
    }
  return worst;
}
