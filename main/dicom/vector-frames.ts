import { HeldoutError } from '#src/contracts/failure';
import type { Vector3 } from '#src/imaging/geometry';
import { cross, scaled } from '#src/imaging/vectors';
import { classicFacts } from './classic-facts';
import type { ElementFields } from './element-fields';
import { numbersOf } from './element-values';
import type { FrameFacts } from './frame-facts';
import { orientationOf } from './image-plane';

/** More frames than any scanner stores in one file. */
const MOST_FRAMES = 1_000_000;

const SLICE_VECTOR = 'x00540080';
/** Vectors of nuclear medicine that say what or when a frame shows: energy window, phase, R-R interval, time slot, time slice. */
const TIME_VECTORS = ['x00540010', 'x00540030', 'x00540060', 'x00540070', 'x00540100'];

/**
 * The frames of a classic multi-frame file (nuclear medicine, secondary capture, ultrasound, angiography), in stored
 * order. Reconstructed nuclear medicine is a stack of slices; all other frames lie where the file's only position says
 * (mostly nowhere), and follow each other in time.
 *
 * @throws HeldoutError ('input') when the number of frames is no plausible number
 */
export function vectorFrames(fields: ElementFields): FrameFacts[] {
  const count = fields.number('x00280008') ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > MOST_FRAMES)
    throw new HeldoutError(
      'input',
      `It is damaged: its header names ${count} frames. Export the series again.`,
    );
  const root = classicFacts(fields);
  return nuclearStack(fields, root, count) ?? cine(fields, root, count);
}

function cine(fields: ElementFields, root: FrameFacts, count: number): FrameFacts[] {
  const times = frameTimes(fields, count);
  return Array.from({ length: count }, (_, frame) => ({
    ...root,
    frame,
    temporalPosition: count === 1 ? root.temporalPosition : frame,
    triggerTime: times?.[frame] ?? root.triggerTime,
  }));
}

/** Milliseconds of each frame since the first one, from Frame Time Vector (0018,1065) or Frame Time (0018,1063); null without them. */
export function frameTimes(fields: ElementFields, count: number): number[] | null {
  const steps = fields.numbers('x00181065');
  if (steps.length === count && steps.every(Number.isFinite)) {
    let time = 0;
    return steps.map((step, frame) => (time += frame === 0 ? 0 : step));
  }
  const step = fields.number('x00181063');
  if (step === null || count === 1) return null;
  return Array.from({ length: count }, (_, frame) => frame * step);
}

/**
 * Reconstructed nuclear medicine: the slice vector counts slices from the position of the detector on, along the normal
 * for a positive spacing and against it for a negative one (PS3.3 C.8.4.15). null for all other files.
 */
function nuclearStack(fields: ElementFields, root: FrameFacts, count: number): FrameFacts[] | null {
  const slices = numbersOf(fields, SLICE_VECTOR, 'US');
  const [detector] = fields.items('x00540022');
  const position = detector?.vector('x00200032') ?? root.position;
  const orientation = (detector === undefined ? null : orientationOf(detector)) ?? root.orientation;
  const spacing = fields.number('x00180088') ?? fields.number('x00180050');
  if (slices.length !== count || position === null || orientation === null) return null;
  if (spacing === null || spacing === 0) return null;
  const normal = scaled(cross(...orientation), spacing);
  const moments = TIME_VECTORS.map((tag) => numbersOf(fields, tag, 'US')).filter(
    (vector) => vector.length === count && new Set(vector).size > 1,
  );
  const momentOf = (frame: number) =>
    moments.reduce((moment, vector) => moment * 10_000 + (vector[frame] ?? 0), 0);
  return slices.map((slice, frame) => ({
    ...root,
    frame,
    position: along(position, normal, slice - 1),
    orientation,
    sliceThickness: Math.abs(spacing),
    temporalPosition: moments.length === 0 ? root.temporalPosition : momentOf(frame),
  }));
}

function along([x, y, z]: Vector3, step: Vector3, steps: number): Vector3 {
  return [x + step[0] * steps, y + step[1] * steps, z + step[2] * steps];
}
