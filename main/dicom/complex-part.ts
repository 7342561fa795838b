import type { FrameFacts } from './frame-facts';
import type { ElementFields } from './element-fields';
import { numberOf, privateTag } from './element-values';

type ComplexPart = FrameFacts['complexPart'];

/** In the order of GE's codes (0043,xx2F). */
const PARTS = ['magnitude', 'phase', 'real', 'imaginary'] as const;
/** Image type values of Siemens (M, P) and Philips (M_FFE, PHASE MAP), and Complex Image Component's. */
const NAMES: readonly RegExp[] = [
  /^(M|M_[A-Z]+|MAGNITUDE)$/u,
  /^(P|P_[A-Z]+|PHASE|PHASE[ _]MAP|VELOCITY MAP)$/u,
  /^(R|R_[A-Z]+|REAL)$/u,
  /^(I|I_[A-Z]+|IMAGINARY)$/u,
];

/**
 * Which part of the complex MR signal a data set's image shows: Complex Image Component (0008,9208), GE's (0043,xx2F),
 * else the third or fourth value of Image Type. null when it does not say, and for other modalities.
 */
export function complexPartOf(fields: ElementFields): ComplexPart {
  const component = partNamed(fields.code('x00089208'));
  if (component !== null) return component;
  if (fields.code('x00080060') !== 'MR') return null;
  const tag = privateTag(fields, '0043', 'GEMS_PARM_01', '2f');
  const coded = tag === null ? null : numberOf(fields, tag, 'SS');
  return (coded === null ? null : PARTS[coded]) ?? partOfImageType(fields.code('x00080008'));
}

/** The part that the third or fourth value of an image or frame type names; null when neither does. */
export function partOfImageType(imageType: string): ComplexPart {
  const [third = '', fourth = ''] = imageType.split('\\').slice(2);
  return partNamed(third) ?? partNamed(fourth);
}

function partNamed(name: string): ComplexPart {
  return PARTS[NAMES.findIndex((pattern) => pattern.test(name.trim()))] ?? null;
}
