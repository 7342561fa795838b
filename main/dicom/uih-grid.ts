import { HeldoutError } from '#src/contracts/failure';
import { classicFacts } from './classic-facts';
import type { ElementFields } from './element-fields';
import { numberOf, privateTag } from './element-values';
import type { FrameFacts } from './frame-facts';

const CREATOR = 'Image Private Header';

/** Whether a file holds one volume as a grid of its slices (United Imaging). */
export function isUihGrid(fields: ElementFields): boolean {
  return fields.code('x00080008').split('\\').includes('VFRAME');
}

/**
 * The slices of a United Imaging grid: as many tiles (0065,xx50) as the grid has columns squared or less, row by row;
 * a sequence (0065,xx51) says where each of them lies.
 *
 * @param rows of the whole grid
 * @throws HeldoutError ('input') when the private elements are missing or do not fit the matrix
 */
export function uihGridFrames(fields: ElementFields, rows: number, columns: number): FrameFacts[] {
  const countTag = privateTag(fields, '0065', CREATOR, '50');
  const sliceTag = privateTag(fields, '0065', CREATOR, '51');
  const slices = sliceTag === null ? [] : fields.items(sliceTag);
  const count = countTag === null ? null : numberOf(fields, countTag, 'DS');
  if (count === null || count !== slices.length)
    throw new HeldoutError(
      'input',
      `It is a grid of slices of which its header describes ${slices.length} (anonymised?): export the series again ` +
        'with its private elements kept, or one file for each slice.',
    );
  const across = Math.ceil(Math.sqrt(count));
  const down = Math.ceil(count / across);
  if (rows % down !== 0 || columns % across !== 0)
    throw new HeldoutError(
      'input',
      `It is a grid of ${count} slices, but ${columns} x ${rows} pixels do not divide into ${across} x ${down} tiles: ` +
        'export the series again, one file for each slice.',
    );
  const tile = { rows: rows / down, columns: columns / across };
  const whole = classicFacts(fields);
  return slices.map((slice, n) => ({
    ...whole,
    ...tile,
    position: slice.vector('x00200032'),
    acquisitionTime: slice.timeOfDay('x00080032') ?? whole.acquisitionTime,
    tile: {
      left: (n % across) * tile.columns,
      top: Math.floor(n / across) * tile.rows,
      frameColumns: columns,
    },
  }));
}
