import type { MaskPlane } from '#src/masks/mask-planes';
import type { Contour } from '#src/masks/rasterise-contours';
import type { DicomFields } from './dicom-fields';

/** One structure of a DICOM mask object: a segment, or a region of interest. */
export interface MaskSegment {
  readonly number: number;
  /** As the object names it, without what identifies the patient. */
  readonly name: string;
  /** `#rrggbb`, null when the object recommends none. */
  readonly colour: string | null;
}

/** A part of a mask with the SOP instance UIDs of the images that it was drawn on; none when it names none. */
interface FromImages {
  readonly sources: readonly string[];
}

interface MaskObjectHead {
  /**
   * In the order of their numbers: value n of a plane belongs to `segments[n - 1]`. At most 255.
   */
  readonly segments: readonly MaskSegment[];
  /** Series that it says it was drawn on. */
  readonly seriesUids: readonly string[];
  /** An identity: for finding its patient only. */
  readonly patientId: string;
  readonly warnings: readonly string[];
}

/** DICOM Segmentation: planes of pixels. Where segments overlap the later one has the pixel. */
export interface SegmentationObject extends MaskObjectHead {
  readonly form: 'segmentation';
  readonly planes: readonly SegmentationPlane[];
  /** Millimetres between slices as the object says it, null when it does not. */
  readonly betweenSlices: number | null;
}

interface SegmentationPlane extends MaskPlane, FromImages {
  /** Pixels that several segments claim. */
  readonly overlapping: number;
}

/** DICOM RT Structure Set: closed planar contours. */
export interface StructureSetObject extends MaskObjectHead {
  readonly form: 'structure set';
  /** `segment` counts from 0. */
  readonly contours: readonly (Contour & FromImages & { readonly segment: number })[];
}

export type MaskObject = SegmentationObject | StructureSetObject;

/** What a mask object is, by its SOP class; null for any other file. */
export function maskFormOf(sopClass: string): MaskObject['form'] | null {
  switch (sopClass) {
    case '1.2.840.10008.5.1.4.1.1.66.4':
    case '1.2.840.10008.5.1.4.1.1.66.7':
      return 'segmentation';
    case '1.2.840.10008.5.1.4.1.1.481.3':
      return 'structure set';
    default:
      return null;
  }
}

/** Parts of a patient's name of this length are looked for as words, longer ones anywhere. */
const SHORT_NAME = 3;

/**
 * The name of a segment for the project's labels, which are not sealed: a name that holds a part of the patient's name or
 * id becomes a number.
 */
export function segmentName(text: string, number: number, file: DicomFields): string {
  const name = text.replace(/\s+/gu, ' ').trim();
  const lower = name.toLowerCase();
  const words = new Set(lower.split(/[^\p{L}\p{N}]+/u));
  const isTelling = [file.text('x00100010'), file.text('x00100020')]
    .flatMap((identity) => identity.toLowerCase().split(/[\s^=,]+/u))
    .some((part) =>
      part.length > SHORT_NAME ? lower.includes(part) : part.length === SHORT_NAME && words.has(part),
    );
  return name === '' || isTelling ? `Segment ${number}` : name;
}

/** The arrays that a mask object is made of. */
export function arraysOf(object: MaskObject): (Uint8Array | Float64Array)[] {
  return object.form === 'segmentation'
    ? object.planes.map(({ values }) => values)
    : object.contours.map(({ points }) => points);
}
