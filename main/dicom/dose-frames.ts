import { HeldoutError } from '#src/contracts/failure';
import type { Vector3 } from '#src/imaging/geometry';
import { cross, scaled } from '#src/imaging/vectors';
import { classicFacts } from './classic-facts';
import type { ElementFields } from './element-fields';
import type { FrameFacts } from './frame-facts';

const RT_DOSE = '1.2.840.10008.5.1.4.1.1.481.2';
const OFFSETS = 'x3004000c';
const SCALING = 'x3004000e';

/** Whether a file is a radiotherapy dose grid. */
export function isDose(fields: ElementFields): boolean {
  return fields.code('x00080016') === RT_DOSE;
}

/**
 * The planes of a dose grid: Grid Frame Offset Vector (3004,000C) counts millimetres along the normal, from the file's
 * position on when it begins with 0, else from the origin of the patient system (PS3.3 C.8.8.3.2). Values are doses:
 * stored values times Dose Grid Scaling (3004,000E).
 *
 * @throws HeldoutError `input` when the offsets are not those of its frames
 */
export function doseFrames(fields: ElementFields): FrameFacts[] {
  const root = { ...classicFacts(fields), slope: fields.number(SCALING) ?? 1, intercept: 0 };
  const count = fields.number('x00280008') ?? 1;
  const offsets = fields.numbers(OFFSETS);
  const { position, orientation } = root;
  // One plane lies at its position; what is left of the offsets is those of a grid that it was cut from.
  if (count === 1) return [root];
  if (
    offsets.length !== count ||
    !offsets.every(Number.isFinite) ||
    position === null ||
    orientation === null
  )
    throw new HeldoutError(
      'input',
      `It is a dose grid of ${count} planes whose places it does not name: export it with positions and offsets.`,
    );
  const normal = cross(...orientation);
  const isRelative = offsets[0] === 0;
  // Absolute offsets are coordinates along the axis of the normal.
  const along = (offset: number): Vector3 =>
    isRelative ? moved(position, scaled(normal, offset)) : atCoordinate(position, normal, offset);
  return offsets.map((offset, frame) => ({ ...root, frame, position: along(offset) }));
}

const moved = (a: Vector3, b: Vector3): Vector3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

function atCoordinate(position: Vector3, normal: Vector3, coordinate: number): Vector3 {
  const axis = [0, 1, 2].reduce(
    (best, n) => (Math.abs(normal[n] ?? 0) > Math.abs(normal[best] ?? 0) ? n : best),
    0,
  );
  const steps = (coordinate - (position[axis] ?? 0)) / (normal[axis] ?? 1);
  return moved(position, scaled(normal, steps));
}
