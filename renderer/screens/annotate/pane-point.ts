import type { Vector3 } from '#src/imaging/geometry';
import type { Plane } from '#src/imaging/slices';
import type { SlicePoint } from '#src/masks/lasso';

/** Where the pointer is in a pane. */
export interface PanePoint {
  readonly plane: Plane;
  readonly slice: number;
  /** Fractional voxel index in the slice. */
  readonly at: SlicePoint;
  /** Fractional voxel index in the volume. */
  readonly index: Vector3;
  /** CSS pixels of one voxel along u and v. */
  readonly scale: SlicePoint;
  /** Ctrl is held: paint where the tool erases, erase where it paints. */
  readonly inverts: boolean;
}
