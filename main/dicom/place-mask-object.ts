import type { Geometry } from '#src/imaging/geometry';
import { placePlanes, planesFit, type PlaneFit } from '#src/masks/mask-planes';
import {
  isOnGrid,
  placeContours,
  rasteriseContours,
  type ContourGroup,
  type RasterisedGroup,
} from '#src/masks/rasterise-contours';
import type { MaskObject, StructureSetObject } from './mask-object';

/** What is to be put on which grid, and how near it must lie. */
export interface MaskObjectOnGrid {
  readonly object: MaskObject;
  readonly geometry: Geometry;
  readonly fit: PlaneFit;
}

/** A mask object on the grid of a scan: value n belongs to the object's `segments[n - 1]`. */
export interface PlacedMask {
  readonly values: Uint8Array;
  /** Voxels that several segments claim: the later one has them. */
  readonly overlapping: number;
  /** What became of the contours of each structure; none for a segmentation. */
  readonly contours: readonly RasterisedGroup[];
}

/** Contours that nothing but their place says to belong to a scan lie this near to its slices. */
const TOLERANCE_MM = 0.1;

/** The planes or contours with these numbers only. */
export function piecesOf(object: MaskObject, numbers: ReadonlySet<number>): MaskObject {
  return object.form === 'segmentation'
    ? { ...object, planes: object.planes.filter((_, n) => numbers.has(n)) }
    : { ...object, contours: object.contours.filter((_, n) => numbers.has(n)) };
}

/** Whether a mask object lies on the grid: all planes of a segmentation, at least one contour of a structure set. */
export function fitsGrid({ object, geometry, fit }: MaskObjectOnGrid): boolean {
  if (object.form === 'segmentation') return planesFit(object.planes, geometry, fit);
  const { contours, spacing } = placeContours(object.contours, geometry);
  return fit === 'exact'
    ? contours.every((place) => place.isInside && place.farthest <= TOLERANCE_MM)
    : contours.some((place) => place.isInside && isOnGrid(place, spacing));
}

/** Millimetres from the nearest contour to the slices of a grid. */
export function nearestContour({ contours }: StructureSetObject, geometry: Geometry): number {
  return placeContours(contours, geometry).contours.reduce(
    (least, { farthest }) => Math.min(least, farthest),
    Infinity,
  );
}

/** Puts a mask object on a grid; null when it does not lie there. */
export function placeMaskObject(mask: MaskObjectOnGrid): PlacedMask | null {
  const { object, geometry, fit } = mask;
  if (object.form === 'segmentation') {
    const placed = placePlanes(object.planes, geometry, fit);
    if (placed === null) return null;
    const within = object.planes.reduce((sum, { overlapping }) => sum + overlapping, 0);
    return { ...placed, overlapping: placed.overlapping + within, contours: [] };
  }
  if (!fitsGrid(mask)) return null;
  const groups = object.segments.map((_, segment): ContourGroup => ({
    value: segment + 1,
    contours: object.contours.filter((contour) => contour.segment === segment),
  }));
  const { values, overlapping, groups: contours } = rasteriseContours(groups, geometry);
  return { values, overlapping, contours };
}
