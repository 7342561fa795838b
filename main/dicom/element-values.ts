import dicomParser, { type Element } from 'dicom-parser';
import { DicomFields } from './dicom-fields';

/** The value representations that private and functional-group elements of images have. */
type NumericVr = 'DS' | 'IS' | 'FD' | 'FL' | 'US' | 'SS' | 'UL' | 'SL';

const BYTES = { FD: 8, FL: 4, US: 2, SS: 2, UL: 4, SL: 4 } as const;
/** Some scanners write numbers like 7.23e75 for "unknown". */
const LARGEST_NUMBER = 1e30;

/**
 * All numbers of an element, text or binary; NaN where a value is malformed, [] when the element is absent. The file's
 * own value representation counts; `vr` is for files that name none (implicit VR, or UN).
 */
export function numbersOf(fields: DicomFields, tag: string, vr: NumericVr): number[] {
  const element = fields.dataSet.elements[tag];
  if (element === undefined || element.length <= 0) return [];
  const actual = isNumeric(element.vr) ? element.vr : vr;
  if (actual === 'DS' || actual === 'IS') return fields.numbers(tag).map(plausible);
  const count = Math.floor(element.length / BYTES[actual]);
  return Array.from({ length: count }, (_, index) => plausible(binary(fields, tag, actual, index)));
}

/** The first number of an element; null when it is absent or malformed. */
export function numberOf(fields: DicomFields, tag: string, vr: NumericVr): number | null {
  const [value] = numbersOf(fields, tag, vr);
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** The bytes of an element's value; empty when it is absent. */
export function bytesOf(fields: DicomFields, tag: string): Uint8Array {
  const element = fields.dataSet.elements[tag];
  if (element === undefined || element.length <= 0) return new Uint8Array();
  return fields.dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
}

/**
 * The items of a sequence, [] when it is absent or unreadable. Also reads sequences that the parser leaves closed:
 * private ones in implicit VR, and those that an archive stored as UN.
 */
export function itemsOf(fields: DicomFields, tag: string): DicomFields[] {
  const element = fields.dataSet.elements[tag];
  if (element === undefined || element.length <= 0) return [];
  const items = element.items ?? closedItems(fields, element);
  return items.flatMap(({ dataSet }) => (dataSet === undefined ? [] : [new DicomFields(dataSet)]));
}

function closedItems(fields: DicomFields, { tag, dataOffset, length }: Element): readonly Element[] {
  const { byteArray } = fields.dataSet;
  const begin = byteArray.subarray(dataOffset, dataOffset + 4);
  if (![0xfe, 0xff, 0x00, 0xe0].every((byte, n) => begin[n] === byte)) return [];
  try {
    // The items keep their place in the whole file; nothing behind the sequence is read.
    const bytes = byteArray.subarray(0, dataOffset + length);
    const stream = new dicomParser.ByteStream(dicomParser.littleEndianByteArrayParser, bytes, dataOffset);
    const sequence: Element = { tag, length, dataOffset };
    dicomParser.readSequenceItemsImplicit(stream, sequence);
    return sequence.items ?? [];
  } catch {
    return [];
  }
}

/**
 * The tag of a private element: the block that its creator reserved in this data set (PS3.5 section 7.8.1); null when
 * the creator is not named there.
 *
 * @param element the last two hexadecimal digits
 */
export function privateTag(
  fields: DicomFields,
  group: string,
  creator: string,
  element: string,
): string | null {
  const creators = `x${group}00`;
  for (const name of Object.keys(fields.dataSet.elements))
    if (name.startsWith(creators) && fields.code(name) === creator)
      return `x${group}${name.slice(creators.length)}${element}`;
  return null;
}

function isNumeric(vr: string | undefined): vr is NumericVr {
  return vr === 'DS' || vr === 'IS' || (vr !== undefined && vr in BYTES);
}

const plausible = (value: number) => (Math.abs(value) < LARGEST_NUMBER ? value : NaN);

function binary({ dataSet }: DicomFields, tag: string, vr: keyof typeof BYTES, index: number): number {
  const read = {
    FD: dataSet.double,
    FL: dataSet.float,
    US: dataSet.uint16,
    SS: dataSet.int16,
    UL: dataSet.uint32,
    SL: dataSet.int32,
  }[vr];
  return read.call(dataSet, tag, index) ?? NaN;
}
