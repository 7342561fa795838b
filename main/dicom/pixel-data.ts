import { HeldoutError } from '#src/contracts/failure';
import { decodeFrame } from './codecs';
import { encodedFrame, indexFrames, rangesOf } from './encapsulated-frames';
import type { DicomHeader } from './header';
import { parseDicom } from './parse-dicom';
import { readSource, readSourceRange, type SourceFile } from './source-file';
import { TRANSFER_SYNTAXES, unreadSyntaxSentence } from './transfer-syntaxes';

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
    const read = rangesOf(readSource(source));
    const index = indexFrames(read, pixels.offset, 1, syntax.pixels);
    return decodeFrame(syntax.pixels, encodedFrame(read, index, 0), { ...pixels, rows, columns });
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

function littleEndian(bytes: Uint8Array, size: number): Uint8Array {
  if (size === 1) return bytes;
  const swapped = Buffer.from(bytes);
  return size === 2 ? swapped.swap16() : swapped.swap32();
}
