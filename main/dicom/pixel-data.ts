import { HeldoutError } from '#src/contracts/failure';
import { decodeFrame } from './codecs';
import { encodedFrame, indexFrames, rangesOf, type FrameIndex } from './encapsulated-frames';
import type { FrameFacts } from './frame-facts';
import { unpackedGzip } from './gzip-file';
import type { DicomImage } from './header';
import { parseDicom } from './parse-dicom';
import { readFileInto, readSource, type SourceFile } from './source-file';
import { TRANSFER_SYNTAXES, unreadSyntaxSentence, type TransferSyntax } from './transfer-syntaxes';

const SLACK_BYTES = 2 ** 26;

/** Where the pixels of one slice are. */
export type SlicePixels = Pick<FrameFacts, 'frame' | 'tile' | 'rows' | 'columns'> & {
  readonly source: SourceFile;
  readonly image: DicomImage;
};

/** A file read whole. */
interface Content {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Where the pixel data's value begins in {@link bytes}. */
  readonly start: number;
  /** Where its compressed frames lie, once one was asked for. */
  frames: FrameIndex | null;
}

/**
 * Reads and decodes the stored pixels of slices, one after the other: little-endian, row by row, `bitsAllocated` each.
 *
 * What slices of one file share (its content, a mosaic's frame) is read once when they follow each other.
 */
export class FrameReader {
  /** For uncompressed pixels, which are used up before the next slice is read. */
  #buffer = new Uint8Array(0);
  #frame: { readonly key: string; readonly bytes: Uint8Array } | null = null;
  #content: Content | null = null;

  /**
   * @returns bytes that are good until the next slice is read
   * @throws HeldoutError `input` when the pixels are cut off, damaged, or of a syntax that is not read
   */
  async read(slice: SlicePixels): Promise<Uint8Array> {
    const { tile } = slice;
    if (tile === null) return this.#readFrame(slice);
    const key = `${keyOf(slice.source)} ${slice.frame}`;
    if (this.#frame?.key !== key) this.#frame = { key, bytes: new Uint8Array(await this.#readFrame(slice)) };
    return cutOut(this.#frame.bytes, slice, tile, slice.image.context.pixels.bitsAllocated / 8);
  }

  async #readFrame({ source, image, frame }: SlicePixels): Promise<Uint8Array> {
    const { pixels } = image.context;
    const syntax = TRANSFER_SYNTAXES.get(pixels.transferSyntax);
    if (syntax === undefined) throw new HeldoutError('input', unreadSyntaxSentence(pixels.transferSyntax));
    const size = pixels.rows * pixels.columns * (pixels.bitsAllocated / 8);
    if (syntax.pixels !== 'native') {
      const content = this.#contentOf(source, image, syntax);
      const read = rangesOf(content.bytes);
      content.frames ??= indexFrames(
        read,
        content.start,
        pixels.frames,
        syntax.pixels,
        image.extendedOffsets,
      );
      return decodeFrame(syntax.pixels, encodedFrame(read, content.frames, frame), pixels);
    }
    const bytes = this.#nativeFrame(source, image, syntax, frame * size, size);
    if (bytes.length < size)
      throw new HeldoutError(
        'input',
        `It is cut off: ${bytes.length} of ${size} bytes of its pixels are there. Copy or export it again from its source.`,
      );
    return syntax.bigEndian === true ? littleEndian(bytes, pixels.bitsAllocated / 8) : bytes;
  }

  #nativeFrame(
    source: SourceFile,
    image: DicomImage,
    syntax: TransferSyntax,
    from: number,
    size: number,
  ): Uint8Array {
    if (syntax.deflated === true || source.entry !== null || source.isGzip) {
      const { bytes, start } = this.#contentOf(source, image, syntax);
      return bytes.subarray(start + from, start + from + size);
    }
    if (this.#buffer.length < size) this.#buffer = new Uint8Array(size);
    return readFileInto(source, image.pixelOffset + from, this.#buffer.subarray(0, size));
  }

  /** The whole file (inflated), kept for its next slice. */
  #contentOf(source: SourceFile, image: DicomImage, syntax: TransferSyntax): Content {
    const key = keyOf(source);
    if (this.#content?.key === key) return this.#content;
    const bytes = source.isGzip
      ? unpackedGzip(readSource({ ...source, isGzip: false }), source.path, mostBytesOf(image))
      : readSource(source);
    this.#content =
      syntax.deflated === true
        ? { key, frames: null, ...inflated(bytes) }
        : { key, frames: null, bytes, start: image.pixelOffset };
    return this.#content;
  }
}

/** What a file can hold by its header: pixels that were packed badly, and elements behind them. */
function mostBytesOf({ context, pixelOffset }: DicomImage): number {
  const { rows, columns, bitsAllocated, frames } = context.pixels;
  return pixelOffset + 2 * rows * columns * (bitsAllocated / 8) * frames + SLACK_BYTES;
}

const keyOf = ({ file, entry }: SourceFile) => `${entry?.headerOffset ?? ''} ${file}`;

/** A slice that is part of a frame. */
function cutOut(
  frame: Uint8Array,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  { left, top, frameColumns }: NonNullable<FrameFacts['tile']>,
  size: number,
): Uint8Array {
  const slice = new Uint8Array(rows * columns * size);
  for (let row = 0; row < rows; row++) {
    const from = ((top + row) * frameColumns + left) * size;
    slice.set(frame.subarray(from, from + columns * size), row * columns * size);
  }
  return slice;
}

function inflated(bytes: Uint8Array): { bytes: Uint8Array; start: number } {
  const dataSet = parseDicom(bytes)?.dataSet;
  const start = dataSet?.elements['x7fe00010']?.dataOffset;
  if (dataSet === undefined || start === undefined)
    throw new HeldoutError('input', 'It is damaged: its deflated content cannot be read.');
  return { bytes: dataSet.byteArray as Uint8Array, start };
}

function littleEndian(bytes: Uint8Array, size: number): Uint8Array {
  if (size === 1) return bytes;
  const swapped = Buffer.from(bytes);
  return size === 2 ? swapped.swap16() : swapped.swap32();
}
