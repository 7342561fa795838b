import { affineFromColumns, type Geometry, type Vector3 } from './geometry';
import { normalOf, positionsOf, sidewaysShift, splitByGrid, type SlicePosition } from './slice-positions';
import { spacingAlongNormal, stacksOf } from './slice-spacing';
import { partsOf } from './series-parts';
import type { SliceFacts } from './slice-facts';
import { scaled, subtract } from './vectors';

/** One volume to be read: which image fills which slice of which grid. */
export interface AssembledVolume<S extends SliceFacts> {
  readonly geometry: Geometry;
  /** For each k the image, or null for a hole (a slice that is missing). */
  readonly slices: readonly (S | null)[];
  readonly phase: number | null;
  readonly label: string | null;
  readonly warnings: readonly string[];
}

/** The volumes of one series, and the images that fit into none. */
export interface SeriesAssembly<S extends SliceFacts> {
  readonly volumes: readonly AssembledVolume<S>[];
  readonly refused: readonly { readonly slices: readonly S[]; readonly reason: string }[];
}

/**
 * Makes volumes of the images of one series, whatever their order and instance numbers: images are grouped by plane,
 * matrix and spacing, sorted along the normal (LPS, k grows along row x column), and images of one place are told apart
 * by kind and time.
 *
 * Missing slices leave a hole and a warning, never a closer spacing; a sheared stack (tilted gantry) is refused.
 */
export function assembleSeries<S extends SliceFacts>(slices: readonly S[]): SeriesAssembly<S> {
  const volumes: AssembledVolume<S>[] = [];
  const refused: { slices: S[]; reason: string }[] = [];
  for (const group of splitByGrid(slices)) {
    const all = positionsOf(group);
    for (const [first, last] of stacksOf(all.map(({ distance }) => distance))) {
      const stack = all.slice(first, last + 1);
      const shift = sidewaysShift(stack);
      const pixel = Math.min(...(stack[0]?.slices[0]?.pixelSpacing ?? [1, 1]));
      if (shift > pixel / 2) {
        refused.push({
          slices: stack.flatMap((position) => position.slices),
          reason:
            `The slices are shifted sideways by up to ${shift.toFixed(1)} mm (a tilted gantry or a sheared stack), ` +
            'which is not read: resample the series to a straight stack first.',
        });
        continue;
      }
      volumes.push(...volumesOfStack(stack));
    }
  }
  return { volumes, refused };
}

/**
 * The frames of a file that say nothing of their place in the patient (captures, most cines), as one volume in stored
 * order. What lies between two of them is unknown, so it is not calibrated.
 *
 * @param frames at least one, all of the same matrix
 */
export function stackOfFrames<S extends SliceFacts>(frames: readonly S[]): AssembledVolume<S> {
  const geometry = geometryOf(frames[0], frames.at(-1), frames.length, 0);
  return {
    geometry: { ...geometry, calibrated: false },
    slices: frames,
    phase: null,
    label: null,
    warnings: [
      'Its frames have no place in the patient: they are stacked in stored order, and millimetres and millilitres are ' +
        'not shown.',
    ],
  };
}

function volumesOfStack<S extends SliceFacts>(stack: readonly SlicePosition<S>[]): AssembledVolume<S>[] {
  const spacing = spacingAlongNormal(stack.map(({ distance }) => distance));
  const indexOf = new Map<S, number>();
  stack.forEach(({ slices }, n) => slices.forEach((slice) => indexOf.set(slice, spacing.index[n] ?? n)));
  const { parts, indistinct } = partsOf(stack);
  const common: string[] = [];
  if (indistinct)
    common.push(
      'Several images lie at the same place and no tag tells them apart: they are kept as separate scans.',
    );
  if (spacing.irregularMm !== null)
    common.push(
      `The slices are not equally spaced (${spacing.irregularMm.map((mm) => mm.toFixed(2)).join(' to ')} mm): ` +
        'distances and volumes across the slices are approximate.',
    );
  return parts
    .filter((part) => part.slices.length > 0)
    .map((part) => {
      const placed = part.slices
        .map((slice) => ({ slice, k: indexOf.get(slice) ?? 0 }))
        .toSorted((a, b) => a.k - b.k);
      const lowest = placed[0]?.k ?? 0;
      const filled: (S | null)[] = Array.from({ length: (placed.at(-1)?.k ?? 0) - lowest + 1 }, () => null);
      for (const { slice, k } of placed) filled[k - lowest] = slice;
      const geometry = geometryOf(placed[0]?.slice, placed.at(-1)?.slice, filled.length, spacing.step);
      return {
        geometry,
        slices: filled,
        phase: part.phase,
        label: part.label,
        warnings: [...common, ...holeWarning(filled), ...calibrationWarning(geometry)],
      };
    });
}

function holeWarning(slices: readonly (SliceFacts | null)[]): string[] {
  const holes = slices.flatMap((slice, k) => (slice === null ? [k + 1] : []));
  if (holes.length === 0) return [];
  const which = holes.length === 1 ? `Slice ${holes[0]}` : `Slices ${holes.join(', ')}`;
  const verb = holes.length === 1 ? 'is' : 'are';
  return [`${which} of ${slices.length} ${verb} missing: the gap is kept and filled with the lowest value.`];
}

function calibrationWarning(geometry: Geometry): string[] {
  return geometry.calibrated ? [] : ['No pixel spacing: millimetres and millilitres are not shown.'];
}

/** Grid of a stack: i along a row, j along a column, k from the first slice to the last. */
function geometryOf(
  first: SliceFacts | undefined,
  last: SliceFacts | undefined,
  count: number,
  step: number,
): Geometry {
  const [row, column] = first?.orientation ?? [
    [1, 0, 0],
    [0, 1, 0],
  ];
  const [betweenRows, betweenColumns] = first?.pixelSpacing ?? [1, 1];
  const origin: Vector3 = first?.position ?? [0, 0, 0];
  const normal = normalOf([row, column]);
  const across =
    count > 1 && last?.position != null && step > 0
      ? scaled(subtract(last.position, origin), 1 / (count - 1))
      : scaled(normal, first?.sliceThickness ?? 1);
  return {
    dims: [first?.columns ?? 0, first?.rows ?? 0, count],
    affine: affineFromColumns(scaled(row, betweenColumns), scaled(column, betweenRows), across, origin),
    calibrated: first?.pixelSpacing != null,
  };
}
