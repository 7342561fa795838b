import { HeldoutError } from '#src/contracts/failure';
import { rgbColour } from '#src/masks/cielab-colour';
import type { DicomFields } from './dicom-fields';
import { segmentName, type StructureSetObject } from './mask-object';

const MOST_STRUCTURES = 255;

/** Contours that are holes are marked in one of the two: an even-odd fill needs no such mark. */
const CLOSED = /^CLOSED_?PLANAR(_XOR)?$/u;

/**
 * Reads an RT Structure Set: its structures in the order of their numbers, with their closed planar contours. Points and
 * open contours enclose nothing and are left out with a warning.
 *
 * @param fields of the parsed file
 * @throws HeldoutError `input` when it holds no closed contour, or contours of several frames of reference
 */
export function readStructureSet(fields: DicomFields): StructureSetObject {
  const described = fields
    .items('x30060020')
    .map((roi) => ({
      number: roi.number('x30060022') ?? 0,
      name: segmentName(roi.text('x30060026'), roi.number('x30060022') ?? 0, fields),
      frame: roi.code('x30060024'),
    }))
    .toSorted((a, b) => a.number - b.number);
  const drawn = new Map(fields.items('x30060039').map((roi) => [roi.number('x30060084') ?? 0, roi]));
  const contours: StructureSetObject['contours'][number][] = [];
  const segments: StructureSetObject['segments'][number][] = [];
  const frames = new Set<string>();
  let open = 0;
  for (const { number, name, frame } of described) {
    const roi = drawn.get(number);
    if (roi === undefined) continue;
    const own = roi.items('x30060040');
    const closed = own.filter((contour) => CLOSED.test(contour.code('x30060042')));
    open += own.length - closed.length;
    const found = closed.flatMap((contour) => {
      const points = pointsOf(contour, name);
      if (points === null) return [];
      return [{ segment: segments.length, points, sources: imagesOf(contour) }];
    });
    if (found.length === 0) continue;
    frames.add(frame);
    contours.push(...found);
    segments.push({ number, name, colour: colourOf(roi) });
  }
  if (contours.length === 0)
    throw new HeldoutError('input', 'It holds no closed contours: there is nothing to make a mask of.');
  if (frames.size > 1)
    throw new HeldoutError(
      'input',
      `Its structures lie in ${frames.size} frames of reference: export those of each series by themselves.`,
    );
  if (segments.length > MOST_STRUCTURES)
    throw new HeldoutError(
      'input',
      `It has ${segments.length} structures, and a mask holds ${MOST_STRUCTURES}: export fewer.`,
    );
  const series = fields
    .items('x30060010')
    .flatMap((item) => item.items('x30060012'))
    .flatMap((item) => item.items('x30060014'));
  const ofSeries = series.flatMap(imagesOf);
  return {
    form: 'structure set',
    segments,
    contours: contours.map((contour) =>
      contour.sources.length > 0 ? contour : { ...contour, sources: ofSeries },
    ),
    seriesUids: series.map((item) => item.code('x0020000e')),
    patientId: fields.text('x00100020'),
    warnings:
      open === 0
        ? []
        : [
            `${open === 1 ? 'A point or open contour encloses' : `${open} points and open contours enclose`} nothing: left out.`,
          ],
  };
}

const imagesOf = (item: DicomFields) =>
  item
    .items('x30060016')
    .map((image) => image.code('x00081155'))
    .filter((uid) => uid !== '');

/** x, y, z of each point, LPS millimetres; null for fewer than three, which enclose nothing. */
function pointsOf(contour: DicomFields, name: string): Float64Array | null {
  const numbers = contour.numbers('x30060050');
  if (numbers.length % 3 !== 0 || numbers.some((value) => !Number.isFinite(value)))
    throw new HeldoutError('input', `A contour of "${name}" is damaged: its points cannot be read.`);
  return numbers.length < 9 ? null : Float64Array.from(numbers);
}

function colourOf(roi: DicomFields): string | null {
  const [red, green, blue] = roi.numbers('x3006002a');
  if (red === undefined || green === undefined || blue === undefined) return null;
  return [red, green, blue].every(Number.isFinite) ? rgbColour([red, green, blue]) : null;
}
