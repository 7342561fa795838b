import { inflateRawSync } from 'node:zlib';
import { HeldoutError } from '#src/contracts/failure';
import { decodeFrame } from './codecs';
import type { DicomFields } from './dicom-fields';
import { encodedFrame, indexFrames, rangesOf } from './encapsulated-frames';
import type { ParsedDicom } from './parse-dicom';
import { TRANSFER_SYNTAXES, unreadSyntaxSentence } from './transfer-syntaxes';

/** How the frames of a segmentation are stored. */
interface FrameFormat {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  /** 1: packed, the lowest bit of a byte first. */
  readonly bits: 1 | 8 | 16;
}

/** Reads one frame: a value per pixel, row by row. */
export type ReadFrame = (frame: number) => Promise<Uint8Array | Uint16Array>;

/** Deflated Image Frame Compression: made for segmentations, each frame is a deflated stream of its own. */
const DEFLATED_FRAMES = '1.2.840.10008.1.2.8.1';

/**
 * Access to the frames of a segmentation.
 *
 * @throws HeldoutError `input` when the pixels are cut off or stored in a way that is not read
 */
export function framesOf(parsed: ParsedDicom, fields: DicomFields): { format: FrameFormat; read: ReadFrame } {
  const format = formatOf(fields);
  const bytes = parsed.dataSet.byteArray as Uint8Array;
  const element = parsed.dataSet.elements['x7fe00010'];
  if (element === undefined) throw new HeldoutError('input', 'It is cut off: it has no pixels.');
  const { rows, columns, bits } = format;
  const pixels = rows * columns;
  const encode = encodingOf(parsed.transferSyntax);
  if (encode === 'native') {
    const whole = orderedBytes(bytes.subarray(element.dataOffset), parsed.transferSyntax, format);
    const expected = Math.ceil((pixels * format.frames * bits) / 8);
    if (whole.length < expected)
      throw new HeldoutError(
        'input',
        `It is cut off: ${whole.length} of ${expected} bytes of its pixels are there.`,
      );
    return { format, read: (frame) => Promise.resolve(valuesOf(whole, frame * pixels, pixels, bits)) };
  }
  const read = rangesOf(bytes);
  const index = indexFrames(
    read,
    element.dataOffset,
    format.frames,
    // Where a deflated stream begins and ends nothing in it says, as in RLE.
    encode === 'deflated frames' ? 'rle' : encode,
    fields.bytes('x7fe00001'),
  );
  return {
    format,
    read: async (frame) =>
      valuesOf(await decode(encode, encodedFrame(read, index, frame), format), 0, pixels, bits),
  };
}

type Encoding = ReturnType<typeof encodingOf>;

function encodingOf(transferSyntax: string) {
  if (transferSyntax === DEFLATED_FRAMES) return 'deflated frames';
  const syntax = TRANSFER_SYNTAXES.get(transferSyntax);
  if (syntax === undefined) throw new HeldoutError('input', unreadSyntaxSentence(transferSyntax));
  return syntax.pixels;
}

function formatOf(fields: DicomFields): FrameFormat {
  const rows = fields.short('x00280010') ?? 0;
  const columns = fields.short('x00280011') ?? 0;
  const frames = fields.number('x00280008') ?? 1;
  const bits = fields.short('x00280100');
  if (rows === 0 || columns === 0 || !Number.isInteger(frames) || frames < 1)
    throw new HeldoutError('input', 'It is damaged: its header names no matrix or no frames.');
  if (bits !== 1 && bits !== 8 && bits !== 16)
    throw new HeldoutError('input', `Its pixels have ${bits ?? 'no'} bits: a segmentation has 1, 8 or 16.`);
  return { rows, columns, frames, bits };
}

/** The stored bytes in little-endian order. */
function orderedBytes(bytes: Uint8Array, transferSyntax: string, { bits }: FrameFormat): Uint8Array {
  if (TRANSFER_SYNTAXES.get(transferSyntax)?.bigEndian !== true || bits !== 16) return bytes;
  return Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
}

function valuesOf(bytes: Uint8Array, first: number, count: number, bits: 1 | 8 | 16) {
  if (bits === 8) return bytes.subarray(first, first + count);
  if (bits === 16) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + 2 * first, 2 * count);
    return Uint16Array.from({ length: count }, (_, n) => view.getUint16(2 * n, true));
  }
  const values = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const bit = first + n;
    values[n] = ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1;
  }
  return values;
}

async function decode(
  encoding: Exclude<Encoding, 'native'>,
  data: Uint8Array,
  { rows, columns, bits }: FrameFormat,
): Promise<Uint8Array> {
  const pixels = rows * columns;
  const expected = Math.ceil((pixels * bits) / 8);
  if (encoding === 'deflated frames') {
    const inflated = inflatedFrame(data, expected);
    if (inflated.length < expected) throw damaged();
    return inflated;
  }
  // Single bits are packed before they are run-length encoded: a frame is a row of bytes.
  if (bits === 1 && encoding === 'rle')
    return decodeFrame('rle', data, {
      rows: 1,
      columns: expected,
      bitsAllocated: 8,
      bitsStored: 8,
      highBit: 7,
      signed: false,
    });
  if (bits === 1)
    throw new HeldoutError(
      'input',
      'Its single bits are compressed in a way that is not read: store it uncompressed.',
    );
  return decodeFrame(encoding, data, {
    rows,
    columns,
    bitsAllocated: bits,
    bitsStored: bits,
    highBit: bits - 1,
    signed: false,
  });
}

function inflatedFrame(data: Uint8Array, expected: number): Uint8Array {
  try {
    return inflateRawSync(data, { maxOutputLength: expected + 8 });
  } catch {
    throw damaged();
  }
}

const damaged = () => new HeldoutError('input', 'Its compressed pixels are damaged or cut off.');
