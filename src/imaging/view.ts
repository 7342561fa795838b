import { axisStep, type Geometry, type Vector3 } from './geometry';
import { normalOf } from './slice-positions';
import { dot } from './vectors';

/**
 * The plane in which a scan was acquired: one of the body, one of the heart, or `oblique` when it is neither or nothing
 * says which.
 */
export type View = (typeof VIEWS)[number];
export const VIEWS = ['axial', 'sagittal', 'coronal', 'short axis', 'long axis', 'oblique'] as const;

/** What a file says about its plane besides the geometry. */
export interface ViewHints {
  /** Series description, protocol, file name: whatever people name planes in. */
  readonly texts: readonly string[];
  readonly modality: string;
  readonly bodyPart: string;
  /** Whether its images have a place in the heartbeat: several phases or trigger times. */
  readonly gated: boolean;
}

/** Within this angle of an axis of the body a plane is called after it. */
const ANATOMICAL_DEGREES = 20;

/**
 * From base to apex, LPS: in 94 healthy adults the long axis of the left ventricle points 38 (standard deviation 10)
 * degrees down from left in the frontal plane and 46 (7) degrees forward from left in the transverse one (Engblom et
 * al., Am Heart J 2005;150(3):507-512).
 */
const LONG_AXIS = direction([1, -Math.tan((46 * Math.PI) / 180), -Math.tan((38 * Math.PI) / 180)]);
/** Three standard deviations. */
const LONG_AXIS_DEGREES = 30;
/** Fewer slices across the heart are single views of it, not a stack. */
const FEWEST_SHORT_AXIS_SLICES = 5;

const SHORT_AXIS_WORDS =
  /\b(s?sax\d*|short ?ax(is|es)?|kurz(e|en)? ?achsen?\w*|petits? axes?|eje corto|asse corto)\b/u;
const LONG_AXIS_WORDS =
  /\b(lax\d*|([234]|two|three|four) ?chambers?|[234] ?(kammer\w*|cavites?)|(zwei|drei|vier) ?kammer\w*|lvot|long ?ax(is|es)?|lang(e|en)? ?achsen?\w*|grands? axes?|eje largo|asse lungo)\b/u;
/** Coils and channels ("4ch") elsewhere than in the chest. */
const LONG_AXIS_LETTERS = /\b([hv]la|[234] ?chs?\d*)\b/u;
/** Means the short axis of a heart, but other things elsewhere. */
const SHORT_AXIS_LETTERS = /\b(sa|ksa)\b/u;
const HEART_WORDS =
  /\b(hearts?|card(iac|io)\w*|herz\w*|coeur|cardiaque|myocard\w*|(left|right) ventric\w*|lge|delayed enhancement)\b/u;

/**
 * Names the plane of a scan. Words that name a plane of the heart decide. Else a plane within 20 degrees of one of the
 * body has its name. Else a stack across the usual long axis of the left ventricle is a short axis, when something says
 * that it shows a heart: the direction alone does not.
 *
 * @param geometry only the directions and the number of slices matter
 * @param hints without them the geometry speaks alone
 */
export function viewOf(geometry: Geometry, hints: ViewHints = NO_HINTS): View {
  const text = hints.texts.map(asWords).join(' | ');
  const normal = normalOf([axisStep(geometry, 0), axisStep(geometry, 1)]);
  const anatomical = anatomicalPlane(normal);
  const isHeart = showsHeart(hints, text);
  const isElsewhere = showsOtherPart(hints);
  const isShort =
    SHORT_AXIS_WORDS.test(text) ||
    (SHORT_AXIS_LETTERS.test(text) && !isElsewhere && (anatomical === null || isHeart));
  const isLong = LONG_AXIS_WORDS.test(text) || (LONG_AXIS_LETTERS.test(text) && !isElsewhere);
  // A name with both ("2ch and sax") says nothing.
  if (isShort !== isLong) return isShort ? 'short axis' : 'long axis';
  if (anatomical !== null) return anatomical;
  const isAcross = angleBetween(normal, LONG_AXIS) <= LONG_AXIS_DEGREES;
  return isHeart && isAcross && geometry.dims[2] >= FEWEST_SHORT_AXIS_SLICES ? 'short axis' : 'oblique';
}

/** Whether slices of this view lie along the axes of the body, so that right, front and top have their usual places. */
export function isAnatomical(view: View): boolean {
  return view === 'axial' || view === 'sagittal' || view === 'coronal';
}

const NO_HINTS: ViewHints = { texts: [], modality: '', bodyPart: '', gated: false };

function anatomicalPlane(normal: Vector3): View | null {
  const isNear = (axis: Vector3) => angleBetween(normal, axis) <= ANATOMICAL_DEGREES;
  if (isNear([0, 0, 1])) return 'axial';
  if (isNear([1, 0, 0])) return 'sagittal';
  return isNear([0, 1, 0]) ? 'coronal' : null;
}

function showsHeart({ modality, bodyPart, gated }: ViewHints, text: string): boolean {
  return (gated && modality === 'MR') || HEART_WORDS.test(asWords(bodyPart)) || HEART_WORDS.test(text);
}

/** Whether the file names a part of the body that holds no heart. Words in full still count: the field is often wrong. */
function showsOtherPart({ bodyPart }: ViewHints): boolean {
  const part = asWords(bodyPart);
  return part !== '' && !HEART_WORDS.test(part) && !/\b(chest|thorax)\b/u.test(part);
}

/** Degrees between two lines, 0 to 90; unit vectors. */
function angleBetween(a: Vector3, b: Vector3): number {
  return (Math.acos(Math.min(1, Math.abs(dot(a, b)))) * 180) / Math.PI;
}

function direction(vector: Vector3): Vector3 {
  const length = Math.hypot(...vector);
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}

/** Lower case without accents, words apart: `cineSAX_b1` is "cine sax b1". */
function asWords(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
