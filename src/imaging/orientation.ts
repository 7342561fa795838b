import { axisStep, type Geometry, type Vector3 } from './geometry';
import { sliceLayout, type Plane } from './slices';
import { viewOf } from './view';

/** How a slice is laid on the screen so that it looks as radiologists expect. */
export interface DisplayOrientation {
  /** Show the plane's v axis across and its u axis down. */
  readonly transpose: boolean;
  /** Mirror across (after transposing). */
  readonly flipX: boolean;
  /** Mirror down (after transposing). */
  readonly flipY: boolean;
}

/** Letters at the four sides of a slice on the screen: R/L, A/P, S/I, two or three of them on oblique slices. */
export interface SideLetters {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

/** Letters of the positive and the negative direction of each LPS axis. */
const LETTERS = [
  ['L', 'R'],
  ['P', 'A'],
  ['S', 'I'],
] as const;

/** A direction has a letter for every component that is at least this share of its largest one. */
const LETTER_SHARE = 0.34;

/** The LPS axis (0 left, 1 posterior, 2 superior) along which a direction points most. */
function mainAxis(direction: Vector3): 0 | 1 | 2 {
  const [x, y, z] = [Math.abs(direction[0]), Math.abs(direction[1]), Math.abs(direction[2])];
  if (x >= y && x >= z) return 0;
  return y >= z ? 1 : 2;
}

/**
 * Orientation of a plane on the screen: the patient's right on the left of the screen, anterior or superior at the top,
 * anterior on the left of sagittal slices. The native slices of an oblique scan are shown as they were acquired, since
 * mirroring them would show the organ from its other side.
 */
export function displayOrientation(geometry: Geometry, plane: Plane): DisplayOrientation {
  if (plane === 0 && viewOf(geometry) === 'oblique') return { transpose: false, flipX: false, flipY: false };
  const { u, v } = sliceLayout(geometry.dims, plane);
  const [uStep, vStep] = [axisStep(geometry, u), axisStep(geometry, v)];
  // Left-right runs across rather than down, superior-inferior down rather than across.
  const transpose = mainAxis(uStep) > mainAxis(vStep);
  const [across, down] = transpose ? [vStep, uStep] : [uStep, vStep];
  const acrossAxis = mainAxis(across);
  const downAxis = mainAxis(down);
  return {
    transpose,
    flipX: across[acrossAxis] < 0,
    // Down is posterior on axial slices and inferior on the others, which is against the direction of LPS's z.
    flipY: downAxis === 2 ? down[2] > 0 : down[downAxis] < 0,
  };
}

/** The letters of one direction in LPS millimetres, the strongest component first; '' for no direction. */
function directionLetters(direction: Vector3): string {
  const largest = Math.max(...direction.map(Math.abs));
  if (largest === 0) return '';
  return direction
    .map((value, axis) => ({ value, axis }))
    .filter(({ value }) => Math.abs(value) >= LETTER_SHARE * largest)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .map(({ value, axis }) => LETTERS[axis]?.[value > 0 ? 0 : 1] ?? '')
    .join('');
}

/** The letters at the sides of a plane's slices when they are shown in `orientation`. */
export function sideLetters(geometry: Geometry, plane: Plane, orientation: DisplayOrientation): SideLetters {
  const { u, v } = sliceLayout(geometry.dims, plane);
  const [across, down] = orientation.transpose ? [v, u] : [u, v];
  const sides = (axis: 0 | 1 | 2, isFlipped: boolean) => {
    const step = axisStep(geometry, axis);
    const back: Vector3 = [-step[0], -step[1], -step[2]];
    const letters = [directionLetters(back), directionLetters(step)] as const;
    return isFlipped ? [letters[1], letters[0]] : letters;
  };
  const [left = '', right = ''] = sides(across, orientation.flipX);
  const [top = '', bottom = ''] = sides(down, orientation.flipY);
  return { left, right, top, bottom };
}
