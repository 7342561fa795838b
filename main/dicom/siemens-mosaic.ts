import { HeldoutError } from '#src/contracts/failure';
import type { Vector3 } from '#src/imaging/geometry';
import { cross, dot, length, scaled, subtract } from '#src/imaging/vectors';
import { classicFacts } from './classic-facts';
import type { ElementFields } from './element-fields';
import { numberOf, numbersOf, privateTag } from './element-values';
import type { FrameFacts } from './frame-facts';
import { csaImageHeader, csaNumbers, siemensProtocol, type CsaHeader } from './siemens-csa';

/** How far (mm) the protocol's centre of a slice may lie from where the header puts it. */
const PLACE_TOLERANCE_MM = 1;
const EXPORT_AGAIN =
  'export the series again with its private elements kept (or as enhanced DICOM), or convert it to NIfTI from the original files.';

/** Whether a file holds one volume as a mosaic of its slices (Siemens). */
export function isMosaic(fields: ElementFields): boolean {
  // XA scanners leave the word in enhanced files, whose frames are no mosaics.
  return (
    fields.code('x00080008').split('\\').includes('MOSAIC') &&
    (fields.number('x00280008') ?? 1) <= 1 &&
    !fields.has('x52009229')
  );
}

/**
 * The slices of a Siemens mosaic: tiles in a square grid, row by row, of which the last may be empty. The position in
 * the header is that of an image of the mosaic's size around the first slice's centre; the step to the next slice
 * follows the slice normal of the CSA header, else the places of the first and the last slice in the protocol.
 *
 * @param rows of the whole mosaic
 * @throws HeldoutError ('input') when the number of tiles, the plane or the order of the slices is not in the file
 */
export function mosaicFrames(fields: ElementFields, rows: number, columns: number): FrameFacts[] {
  const whole = { ...classicFacts(fields), rows, columns };
  const csa = csaImageHeader(fields);
  const protocol = slicesOfProtocol(fields);
  const count = numberOfTiles(fields, csa) ?? protocol?.count ?? null;
  if (count === 1) return [whole];
  if (count === null || !Number.isInteger(count) || count < 1)
    throw new HeldoutError(
      'input',
      `It is a mosaic of slices whose number its header does not name (anonymised?): ${EXPORT_AGAIN}`,
    );
  const grid = Math.ceil(Math.sqrt(count));
  if (rows % grid !== 0 || columns % grid !== 0)
    throw new HeldoutError(
      'input',
      `It is a mosaic of ${count} slices, but ${columns} x ${rows} pixels do not divide into ${grid} x ${grid} tiles: ` +
        EXPORT_AGAIN,
    );
  const { position, orientation, pixelSpacing } = whole;
  if (position === null || orientation === null || pixelSpacing === null)
    throw new HeldoutError(
      'input',
      `It is a mosaic of slices whose header does not say where they lie: ${EXPORT_AGAIN}`,
    );
  const tile = { rows: rows / grid, columns: columns / grid };
  const [row, column] = orientation;
  const across = scaled(row, pixelSpacing[1]);
  const down = scaled(column, pixelSpacing[0]);
  const first = moved(position, [
    [across, (columns - tile.columns) / 2],
    [down, (rows - tile.rows) / 2],
  ]);
  const centre = moved(first, [
    [across, tile.columns / 2],
    [down, tile.rows / 2],
  ]);
  const normal = cross(row, column);
  const sign = signOfStep(normal, csaNumbers(csa, 'SliceNormalVector'), centre, protocol);
  const spacing = fields.number('x00180088') ?? protocol?.spacing ?? whole.sliceThickness;
  if (sign === null || spacing === null || !(spacing > 0))
    throw new HeldoutError(
      'input',
      `It is a mosaic of slices whose ${sign === null ? 'order' : 'distance'} its header does not name ` +
        `(anonymised?): ${EXPORT_AGAIN}`,
    );
  return Array.from({ length: count }, (_, n) => ({
    ...whole,
    ...tile,
    position: moved(first, [[normal, sign * spacing * n]]),
    sliceThickness: spacing,
    tile: {
      left: (n % grid) * tile.columns,
      top: Math.floor(n / grid) * tile.rows,
      frameColumns: columns,
    },
  }));
}

/** From the CSA header, else (0019,xx0A), else one acquisition time for each slice (0019,xx29). */
function numberOfTiles(fields: ElementFields, csa: CsaHeader): number | null {
  const [named] = csaNumbers(csa, 'NumberOfImagesInMosaic');
  if (named !== undefined) return named;
  const tag = privateTag(fields, '0019', 'SIEMENS MR HEADER', '0a');
  const counted = tag === null ? null : numberOf(fields, tag, 'US');
  if (counted !== null) return counted;
  const times = privateTag(fields, '0019', 'SIEMENS MR HEADER', '29');
  return (times === null ? 0 : numbersOf(fields, times, 'FD').length) || null;
}

interface ProtocolSlices {
  readonly count: number;
  /** Centres of the first and the last slice, LPS mm. */
  readonly first: Vector3;
  readonly last: Vector3;
  /** mm */
  readonly spacing: number;
}

/** The slices of a two-dimensional protocol; null when there is none or it has a single slab. */
function slicesOfProtocol(fields: ElementFields): ProtocolSlices | null {
  const protocol = siemensProtocol(fields);
  const count = Number(protocol.get('sSliceArray.lSize'));
  if (!(count > 1)) return null;
  const centre = (slice: number): Vector3 => {
    // Zeros are not written.
    const along = (axis: string) =>
      Number(protocol.get(`sSliceArray.asSlice[${slice}].sPosition.${axis}`) ?? 0);
    return [along('dSag'), along('dCor'), along('dTra')];
  };
  const [first, last] = [centre(0), centre(count - 1)];
  return { count, first, last, spacing: length(subtract(last, first)) / (count - 1) };
}

/** Whether the slices follow the normal of the plane (1) or run against it (-1); null when nothing says so. */
function signOfStep(
  normal: Vector3,
  [x, y, z]: readonly number[],
  firstCentre: Vector3,
  protocol: ProtocolSlices | null,
): 1 | -1 | null {
  if (x !== undefined && y !== undefined && z !== undefined) {
    const along = dot(normal, [x, y, z]);
    if (Math.abs(along) > 0.5) return along > 0 ? 1 : -1;
  }
  if (protocol === null) return null;
  const along = dot(normal, subtract(protocol.last, protocol.first));
  const isAt = (place: Vector3) => length(subtract(place, firstCentre)) <= PLACE_TOLERANCE_MM;
  // The scanner may number the images against the order of the protocol.
  if (isAt(protocol.first)) return along > 0 ? 1 : -1;
  return isAt(protocol.last) ? (along > 0 ? -1 : 1) : null;
}

function moved(from: Vector3, steps: readonly (readonly [Vector3, number])[]): Vector3 {
  return steps.reduce<Vector3>(
    ([x, y, z], [direction, factor]) => [
      x + direction[0] * factor,
      y + direction[1] * factor,
      z + direction[2] * factor,
    ],
    from,
  );
}
