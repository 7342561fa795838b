import type { Vector3 } from '#src/imaging/geometry';
import { dot, length, scaled } from '#src/imaging/vectors';
import type { ElementFields } from './element-fields';

/** Unit direction cosines of row and column (0020,0037), LPS; null when absent or not at right angles. */
export function orientationOf(fields: ElementFields): readonly [Vector3, Vector3] | null {
  const row = fields.vector('x00200037');
  const column = fields.vector('x00200037', 3);
  if (row === null || column === null) return null;
  const [rowLength, columnLength] = [length(row), length(column)];
  if (!(rowLength > 0.5) || !(columnLength > 0.5)) return null;
  const unit = [scaled(row, 1 / rowLength), scaled(column, 1 / columnLength)] as const;
  return Math.abs(dot(...unit)) < 0.02 ? unit : null;
}

/** Pixel Spacing (0028,0030): [between rows, between columns], mm; null when absent or not positive. */
export function pixelSpacingOf(fields: ElementFields): readonly [number, number] | null {
  const [betweenRows, betweenColumns] = fields.numbers('x00280030');
  if (betweenRows === undefined || betweenColumns === undefined) return null;
  return betweenRows > 0 && betweenColumns > 0 ? [betweenRows, betweenColumns] : null;
}

/** Spacing between slices (0018,0088), else slice thickness (0018,0050), mm; null when neither is positive. */
export function sliceThicknessOf(fields: ElementFields): number | null {
  return positive(fields.number('x00180088')) ?? positive(fields.number('x00180050'));
}

function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}
