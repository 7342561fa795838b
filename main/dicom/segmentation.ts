import { HeldoutError } from '#src/contracts/failure';
import type { Vector3 } from '#src/imaging/geometry';
import { length, scaled } from '#src/imaging/vectors';
import { cielabColour } from '#src/masks/cielab-colour';
import type { PlanePlace } from '#src/masks/mask-planes';
import { OverlapCount } from '#src/masks/overlap-count';
import type { DicomFields } from './dicom-fields';
import { segmentName, type MaskSegment, type SegmentationObject } from './mask-object';
import type { ParsedDicom } from './parse-dicom';
import { framesOf } from './segmentation-frames';

/** Label numbers of a mask go from 1 to 255. */
const MOST_SEGMENTS = 255;
/** Halves of the maximum from which on a fraction counts as the segment. */
const HALF = 2;

/** One frame: which segment (counted from 1; null where each pixel says it) and where. */
interface FrameFacts {
  readonly frame: number;
  readonly value: number | null;
  readonly place: PlanePlace;
  readonly sources: readonly string[];
}

interface GrowingPlane extends PlanePlace {
  readonly values: Uint8Array;
  readonly sources: readonly string[];
  readonly overlap: OverlapCount;
}

/**
 * Reads a DICOM Segmentation (binary, fractional, label map). Frames of one place and the same source images become one
 * plane, whatever their order; where segments overlap the later one has the pixel. A fraction of half the maximum and
 * more counts as the segment.
 *
 * @param fields of the parsed file
 * @throws HeldoutError `input` when it is damaged, cut off, or says not where its frames lie
 */
export async function readSegmentation(
  parsed: ParsedDicom,
  fields: DicomFields,
): Promise<SegmentationObject> {
  const kind = fields.code('x00620001');
  if (kind !== 'BINARY' && kind !== 'FRACTIONAL' && kind !== 'LABELMAP')
    throw new HeldoutError(
      'input',
      `Its segmentation type is "${kind}": BINARY, FRACTIONAL and LABELMAP are read.`,
    );
  const segments = segmentsOf(fields);
  const valueOf = new Map(segments.map(({ number }, index) => [number, index + 1]));
  const { format, read } = framesOf(parsed, fields);
  const shared = fields.item('x52009229');
  const referenced = fields.items('x00081115').flatMap((series) => instancesOf(series.items('x0008114a')));
  const perFrame = fields.items('x52009230');
  if (perFrame.length !== format.frames && !(perFrame.length === 0 && format.frames === 1))
    throw new HeldoutError('input', `It says where ${perFrame.length} of its ${format.frames} frames lie.`);
  const frames = Array.from({ length: format.frames }, (_, frame): FrameFacts => {
    const group = (tag: string) => perFrame[frame]?.item(tag) ?? shared?.item(tag);
    const number = group('x0062000a')?.short('x0062000b') ?? null;
    const value = number === null ? undefined : valueOf.get(number);
    if (kind !== 'LABELMAP' && value === undefined)
      throw new HeldoutError(
        'input',
        `Its frame ${frame + 1} belongs to segment ${number ?? 'no number'}, which it does not describe.`,
      );
    const own = instancesOf(group('x00089124')?.items('x00082112') ?? []);
    return {
      frame,
      value: kind === 'LABELMAP' ? null : (value ?? null),
      place: placeOf(group, format.rows, format.columns),
      sources: own.length > 0 ? own : referenced,
    };
  });

  const warnings: string[] = [];
  const most = fields.short('x0062000e') ?? 255;
  if (kind === 'FRACTIONAL')
    warnings.push(
      `The segments are fractions (${fields.code('x00620010').toLowerCase() || 'of an unknown kind'}): ` +
        `half of the maximum (${most}) and more counts as the segment.`,
    );
  const background = new Set([0, kind === 'LABELMAP' ? (fields.short('x00280120') ?? 0) : 0]);
  const planes = new Map<string, GrowingPlane>();
  for (const { frame, value, place, sources } of frames.toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0))) {
    const pixels = await read(frame);
    const plane = planeFor(planes, place, sources, referenced);
    for (let n = 0; n < pixels.length; n++) {
      const pixel = pixels[n] ?? 0;
      if (background.has(pixel)) continue;
      const found =
        value === null ? valueOf.get(pixel) : kind === 'BINARY' || pixel * HALF >= most ? value : 0;
      if (found === undefined)
        throw new HeldoutError('input', `It holds the segment ${pixel}, which it does not describe.`);
      if (found === 0) continue;
      const before = plane.values[n] ?? 0;
      if (before !== 0 && before !== found) plane.overlap.mark(n);
      plane.values[n] = found;
    }
  }
  const measures = perFrame[0]?.item('x00289110') ?? shared?.item('x00289110');
  const between = measures?.number('x00180088') ?? measures?.number('x00180050') ?? null;
  return {
    form: 'segmentation',
    segments,
    planes: [...planes.values()].map(({ overlap, ...plane }) => ({ ...plane, overlapping: overlap.count })),
    betweenSlices: between !== null && between > 0 ? between : null,
    seriesUids: fields.items('x00081115').map((series) => series.code('x0020000e')),
    patientId: fields.text('x00100020'),
    warnings,
  };
}

function segmentsOf(fields: DicomFields): MaskSegment[] {
  const segments = fields
    .items('x00620002')
    .flatMap((item): MaskSegment[] => {
      const number = item.short('x00620004');
      // In a label map 0 may be described too: it is the background.
      if (number === null || number === 0) return [];
      const [l, a, b] = [0, 1, 2].map((index) => item.short('x0062000d', index));
      return [
        {
          number,
          name: segmentName(item.text('x00620005'), number, fields),
          colour:
            l == null || a == null || b == null
              ? null
              : cielabColour((l / 65535) * 100, (a / 65535) * 255 - 128, (b / 65535) * 255 - 128),
        },
      ];
    })
    .toSorted((a, b) => a.number - b.number);
  if (segments.length > MOST_SEGMENTS)
    throw new HeldoutError(
      'input',
      `It has ${segments.length} segments, and a mask holds ${MOST_SEGMENTS}: export fewer.`,
    );
  if (segments.length === 0) throw new HeldoutError('input', 'It describes no segments.');
  return segments;
}

const instancesOf = (items: readonly DicomFields[]) =>
  items.map((item) => item.code('x00081155')).filter((uid) => uid !== '');

function placeOf(group: (tag: string) => DicomFields | undefined, rows: number, columns: number): PlanePlace {
  const origin = group('x00209113')?.vector('x00200032') ?? null;
  const orientation = group('x00209116');
  const row = unit(orientation?.vector('x00200037') ?? null);
  const column = unit(orientation?.vector('x00200037', 3) ?? null);
  const [betweenRows, betweenColumns] = group('x00289110')?.numbers('x00280030') ?? [];
  if (origin === null || row === null || column === null)
    throw new HeldoutError(
      'input',
      'It does not say where its frames lie in the patient: export it with positions and orientation.',
    );
  if (!(betweenRows !== undefined && betweenRows > 0 && betweenColumns !== undefined && betweenColumns > 0))
    throw new HeldoutError(
      'input',
      'It does not say how large its pixels are: export it with pixel spacing.',
    );
  return {
    columns,
    rows,
    origin,
    alongRow: scaled(row, betweenColumns),
    alongColumn: scaled(column, betweenRows),
  };
}

function unit(direction: Vector3 | null): Vector3 | null {
  if (direction === null || !(length(direction) > 0.5)) return null;
  return scaled(direction, 1 / length(direction));
}

/** Frames at the same place that were drawn on the same images are one plane. */
function planeFor(
  planes: Map<string, GrowingPlane>,
  place: PlanePlace,
  sources: readonly string[],
  referenced: readonly string[],
): GrowingPlane {
  const { origin, alongRow, alongColumn } = place;
  const from = sources === referenced ? 'all' : sources.toSorted();
  const key = JSON.stringify([origin, alongRow, alongColumn, from]);
  const pixels = place.rows * place.columns;
  let plane = planes.get(key);
  if (plane === undefined) {
    plane = { ...place, values: new Uint8Array(pixels), sources, overlap: new OverlapCount(pixels) };
    planes.set(key, plane);
  }
  return plane;
}
