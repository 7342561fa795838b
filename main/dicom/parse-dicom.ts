import dicomParser, { type DataSet } from 'dicom-parser';
import { inflateRawSync } from 'node:zlib';
import { EXPLICIT_BIG_ENDIAN, EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN } from './transfer-syntaxes';

const PIXEL_DATA = 'x7fe00010';
const PREAMBLE = 128;
/** Bounds of what a deflated data set may unpack to, so that a small file cannot fill the memory. */
const MOST_INFLATED_BYTES = 2 ** 30;
const MOST_RATIO = 200;
const SLACK_BYTES = 2 ** 24;
const VR = /^[A-Z]{2}$/u;
const OB = Buffer.from('OB');
/** Tags and VR of the offsets and the lengths of frames, as they stand in the file. */
const EXTENDED_OFFSET_TABLES = [1, 2].map((element) => Buffer.from([0xe0, 0x7f, element, 0, 0x4f, 0x56]));

export interface ParsedDicom {
  readonly dataSet: DataSet;
  readonly transferSyntax: string;
  /** false when the bytes ended, or became unreadable, before the pixel data. */
  readonly complete: boolean;
}

/**
 * Parses a header by content: with or without the 128-byte preamble, with or without file meta information. Returns null
 * for what is no DICOM. `bytes` may be the head of a file only; then `complete` says whether it reached the pixel data.
 */
export function parseDicom(bytes: Uint8Array): ParsedDicom | null {
  if (isPart10(bytes)) return parse(bytes, null);
  const group = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
  if (bytes.length < 16) return null;
  const hasVr = VR.test(String.fromCharCode(bytes[4] ?? 0, bytes[5] ?? 0));
  if (group === 0x0002 && hasVr) {
    // Meta information without its preamble: give it one, offsets are corrected by the caller through dataSet.byteArray.
    const whole = new Uint8Array(PREAMBLE + 4 + bytes.length);
    whole.set([0x44, 0x49, 0x43, 0x4d], PREAMBLE);
    whole.set(bytes, PREAMBLE + 4);
    return parse(whole, null);
  }
  const element = (bytes[2] ?? 0) | ((bytes[3] ?? 0) << 8);
  if (group === 0x0008 && element <= 0x0070)
    return parse(bytes, hasVr ? EXPLICIT_LITTLE_ENDIAN : IMPLICIT_LITTLE_ENDIAN);
  if (group === 0x0800 && hasVr) return parse(bytes, EXPLICIT_BIG_ENDIAN);
  return null;
}

/** Whether the bytes begin as a DICOM file by the book does. */
export function isPart10(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(PREAMBLE, PREAMBLE + 4)) === 'DICM';
}

function parse(bytes: Uint8Array, transferSyntax: string | null): ParsedDicom | null {
  const parsed = parseOnce(bytes, transferSyntax);
  if (parsed?.complete === true) return parsed;
  const readable = withReadableTables(bytes);
  return readable === null ? parsed : parseOnce(readable, transferSyntax);
}

/**
 * dicom-parser does not know the VR OV, takes its length for a short one and loses its way: the extended offset tables,
 * which stand right before the pixels, become OB, which is laid out alike. null where there are none.
 */
function withReadableTables(bytes: Uint8Array): Uint8Array | null {
  const found = EXTENDED_OFFSET_TABLES.map((start) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(start),
  ).filter((at) => at >= 0);
  if (found.length === 0) return null;
  const readable = Uint8Array.from(bytes);
  for (const at of found) readable.set(OB, at + 4);
  return readable;
}

function parseOnce(bytes: Uint8Array, transferSyntax: string | null): ParsedDicom | null {
  let dataSet: DataSet | null;
  try {
    dataSet = dicomParser.parseDicom(bytes, {
      untilTag: PIXEL_DATA,
      inflater,
      ...(transferSyntax === null ? {} : { TransferSyntaxUID: transferSyntax }),
    });
  } catch (error) {
    // What was read before the bytes ended is still good.
    dataSet = (error as { dataSet?: DataSet } | null)?.dataSet ?? null;
  }
  if (dataSet === null) return null;
  const syntax = transferSyntax ?? (dataSet.string('x00020010') ?? '').replace(/\0/gu, '').trim();
  return { dataSet, transferSyntax: syntax, complete: dataSet.elements[PIXEL_DATA] !== undefined };
}

/** dicom-parser hands over the whole file and the position where the deflated data set begins. */
function inflater(bytes: Uint8Array, position: number): Uint8Array {
  const packed = bytes.subarray(position);
  const maxOutputLength = Math.min(MOST_INFLATED_BYTES, SLACK_BYTES + packed.length * MOST_RATIO);
  const inflated = inflateRawSync(packed, { maxOutputLength });
  const whole = new Uint8Array(position + inflated.length);
  whole.set(bytes.subarray(0, position));
  whole.set(inflated, position);
  return whole;
}
