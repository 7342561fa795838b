import type { Vector3 } from '#src/imaging/geometry';
import { dot, length, scaled } from '#src/imaging/vectors';
import type { ElementFields } from './element-fields';
import type { FrameFacts } from './frame-facts';

/** What a file with one frame says about it, at the top level of its header. */
export function classicFrame(
  fields: ElementFields,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): FrameFacts {
  const [betweenRows, betweenColumns] = fields.numbers('x00280030');
  const hasSpacing =
    betweenRows !== undefined && betweenColumns !== undefined && betweenRows > 0 && betweenColumns > 0;
  const cosines = fields.numbers('x00200037');
  const centre = fields.number('x00281050');
  const width = fields.number('x00281051');
  const slope = fields.number('x00281053') ?? 1;
  return {
    frame: 0,
    tile: null,
    rows,
    columns,
    position: fields.vector('x00200032'),
    orientation: orientationOf(vectorAt(cosines, 0), vectorAt(cosines, 3)),
    pixelSpacing: hasSpacing ? [betweenRows, betweenColumns] : null,
    sliceThickness: positive(fields.number('x00180088')) ?? positive(fields.number('x00180050')),
    instanceNumber: fields.number('x00200013'),
    temporalPosition: fields.number('x00200100'),
    triggerTime: fields.number('x00181060'),
    acquisitionNumber: fields.number('x00200012'),
    acquisitionTime: fields.timeOfDay('x00080032'),
    contentTime: fields.timeOfDay('x00080033'),
    echoTime: fields.number('x00180081'),
    inversionTime: fields.number('x00180082'),
    flipAngle: fields.number('x00181314'),
    bValue: fields.double('x00189087'),
    imageType: fields.code('x00080008'),
    gradient: null,
    complexPart: null,
    slope: slope === 0 ? 1 : slope,
    intercept: fields.number('x00281052') ?? 0,
    window: centre === null || width === null ? null : { centre, width },
  };
}

const positive = (value: number | null) => (value !== null && value > 0 ? value : null);

function vectorAt(numbers: readonly number[], from: number): Vector3 | null {
  const [x, y, z] = numbers.slice(from, from + 3);
  if (x === undefined || y === undefined || z === undefined) return null;
  return Number.isFinite(x + y + z) ? [x, y, z] : null;
}

/** Unit direction cosines of row and column, or null when they are absent or not at right angles. */
export function orientationOf(
  row: Vector3 | null,
  column: Vector3 | null,
): readonly [Vector3, Vector3] | null {
  if (row === null || column === null) return null;
  const [rowLength, columnLength] = [length(row), length(column)];
  if (!(rowLength > 0.5) || !(columnLength > 0.5)) return null;
  const unit = [scaled(row, 1 / rowLength), scaled(column, 1 / columnLength)] as const;
  return Math.abs(dot(...unit)) < 0.02 ? unit : null;
}
