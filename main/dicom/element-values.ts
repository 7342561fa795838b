import type { BinaryVr, ElementFields } from './element-fields';

/** The value representations that private and functional-group elements of images have. */
type NumericVr = 'DS' | 'IS' | BinaryVr;

const BYTES: Readonly<Record<BinaryVr, number>> = { FD: 8, FL: 4, US: 2, SS: 2, UL: 4, SL: 4 };
/** Some scanners write numbers like 7.23e75 for "unknown". */
const LARGEST_NUMBER = 1e30;

/**
 * All numbers of an element, text or binary; NaN where a value is malformed, [] when the element is absent. The file's
 * own value representation counts; `vr` is for files that name none (implicit VR, or UN).
 */
export function numbersOf(fields: ElementFields, tag: string, vr: NumericVr): number[] {
  const length = fields.valueLength(tag);
  if (length === 0) return [];
  const named = fields.vr(tag);
  const actual = isNumeric(named) ? named : vr;
  if (actual === 'DS' || actual === 'IS') return fields.numbers(tag).map(plausible);
  return Array.from({ length: Math.floor(length / BYTES[actual]) }, (_, index) =>
    plausible(fields.binary(tag, actual, index) ?? NaN),
  );
}

/** The first number of an element; null when it is absent or malformed. */
export function numberOf(fields: ElementFields, tag: string, vr: NumericVr): number | null {
  const [value] = numbersOf(fields, tag, vr);
  return value === undefined || Number.isNaN(value) ? null : value;
}

/**
 * The tag of a private element: the block that its creator reserved in this data set (PS3.5 section 7.8.1); null when
 * the creator is not named there.
 *
 * @param element the last two hexadecimal digits
 */
export function privateTag(
  fields: ElementFields,
  group: string,
  creator: string,
  element: string,
): string | null {
  for (const tag of fields.creatorTags(group))
    if (fields.code(tag) === creator) return `x${group}${tag.slice(-2)}${element}`;
  return null;
}

function isNumeric(vr: string | null): vr is NumericVr {
  return vr === 'DS' || vr === 'IS' || (vr !== null && vr in BYTES);
}

const plausible = (value: number) => (Math.abs(value) < LARGEST_NUMBER ? value : NaN);
