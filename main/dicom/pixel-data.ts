import { HeldoutError } from '#src/contracts/failure';
import { decodeFrame } from './codecs';
import type { DicomHeader } from './header';
import { parseDicom } from './parse-dicom';
import { readSource, readSourceRange, type SourceFile } from './source-file';
import { TRANSFER_SYNTAXES, unreadSyntaxSentence } from './transfer-syntaxes';

const ITEM = 0xfffee000;
const END_OF_SEQUENCE = 0xfffee0dd;
const ITEM_HEADER = 8;

/**
 * Reads and decodes the stored pixels of an image: little-endian, row by row, `bitsAllocated` each.
 *
 * @throws HeldoutError `input` when the pixels are cut off, damaged, or of a syntax that is not read
 */
export async function readPixels(source: SourceFile, header: DicomHeader): Promise<Uint8Array> {
  const { pixels, rows, columns } = header;
  const syntax = TRANSFER_SYNTAXES.get(pixels.transferSyntax);
  if (syntax === undefined) throw new HeldoutError('input', unreadSyntaxSentence(pixels.transferSyntax));
  const expected = rows * columns * (pixels.bitsAllocated / 8);
  if (syntax.pixels !== 'native') {
    const encoded = joinedFragments(readSource(source), pixels.offset);
    return decodeFrame(syntax.pixels, encoded, { ...pixels, rows, columns });
  }
  const bytes =
    syntax.deflated === true
      ? inflatedPixels(readSource(source), expected)
      : readSourceRange(source, pixels.offset, expected);
  if (bytes.length < expected)
    throw new HeldoutError(
      'input',
      `It is cut off: ${bytes.length} of ${expected} bytes of its pixels are there.`,
    );
  return syntax.bigEndian === true ? littleEndian(bytes, pixels.bitsAllocated / 8) : bytes;
}

function inflatedPixels(bytes: Uint8Array, length: number): Uint8Array {
  const dataSet = parseDicom(bytes)?.dataSet;
  const start = dataSet?.elements['x7fe00010']?.dataOffset;
  if (dataSet === undefined || start === undefined)
    throw new HeldoutError('input', 'It is damaged: its deflated content cannot be read.');
  return (dataSet.byteArray as Uint8Array).subarray(start, start + length);
}

/** The bytes of a single frame, which may come in several fragments (PS3.5 A.4), without the offset table. */
function joinedFragments(bytes: Uint8Array, offset: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fragments: Uint8Array[] = [];
  let at = offset;
  let isOffsetTable = true;
  for (;;) {
    if (at + ITEM_HEADER > bytes.length) throw cutOff();
    const tag = view.getUint16(at, true) * 0x10000 + view.getUint16(at + 2, true);
    const length = view.getUint32(at + 4, true);
    at += ITEM_HEADER;
    if (tag === END_OF_SEQUENCE) break;
    if (tag !== ITEM || at + length > bytes.length) throw cutOff();
    if (!isOffsetTable) fragments.push(bytes.subarray(at, at + length));
    isOffsetTable = false;
    at += length;
  }
  if (fragments.length === 0) throw cutOff();
  return new Uint8Array(Buffer.concat(fragments));
}

const cutOff = () => new HeldoutError('input', 'It is cut off: the end of its compressed pixels is missing.');

function littleEndian(bytes: Uint8Array, size: number): Uint8Array {
  if (size === 1) return bytes;
  const swapped = Buffer.from(bytes);
  return size === 2 ? swapped.swap16() : swapped.swap32();
}
