import { HeldoutError } from '#src/contracts/failure';
import type { PixelEncoding } from './transfer-syntaxes';

/** Reads `length` bytes from `position` on; fewer when the data end before. */
export type ReadRange = (position: number, length: number) => Uint8Array;

/** Where bytes of a frame lie in the file, in bytes from its start. */
interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/** Where the bytes of each frame lie. Plain data: built once for a file, used for each of its frames. */
export interface FrameIndex {
  /** How many frames the header announces. */
  readonly announced: number;
  /** The fragments of each frame; fewer frames than announced when the file is cut off. */
  readonly frames: readonly (readonly ByteRange[])[];
}

interface Fragments {
  /** Byte offset of the first item after the offset table, which offset tables count from. */
  readonly base: number;
  readonly basicOffsets: readonly number[];
  /** Without empty ones. */
  readonly fragments: readonly ByteRange[];
  readonly isCutOff: boolean;
  /** The header of another fragment is there, and its end is not. */
  readonly lacksEnd: boolean;
}

const ITEM = 0xfffee000;
const END_OF_SEQUENCE = 0xfffee0dd;
const ITEM_HEADER = 8;

/**
 * Finds the frames of encapsulated pixel data (PS3.5 A.4). In this order, the first that fits: the extended offset table,
 * the basic one, one fragment for each frame, the codec's start and end markers. A table that names another number of
 * frames, or a place where no fragment begins, is passed over: such tables are written.
 *
 * @param read the bytes of the file, or of the inflated data set: only the headers of the items are read, and their first
 *   and last bytes where the markers are needed
 * @param offset byte offset of the pixel data's value: its first item, the basic offset table
 * @param announced how many frames the header announces, at least 1
 * @param extendedOffsets value of the Extended Offset Table (7FE0,0001), where there is one: unsigned 64-bit numbers,
 *   little-endian
 * @throws HeldoutError `input` when there is no whole fragment, or the frames cannot be told apart
 */
export function indexFrames(
  read: ReadRange,
  offset: number,
  announced: number,
  encoding: Exclude<PixelEncoding, 'native'>,
  extendedOffsets: Uint8Array | null = null,
): FrameIndex {
  const found = readFragments(read, offset, announced);
  const { fragments, isCutOff, lacksEnd } = found;
  if (fragments.length === 0 || (announced === 1 && lacksEnd)) throw cutOff();
  const frames =
    (announced === 1 ? [fragments] : null) ??
    framesByTable(found, announced, extendedOffsets === null ? [] : bigNumbers(extendedOffsets)) ??
    framesByTable(found, announced, found.basicOffsets) ??
    // Of a file that is cut off, as many fragments as frames may be left by chance.
    (isCutOff ? framesByMarkers(read, found, announced, encoding) : null) ??
    (fragments.length === announced ? fragments.map((fragment) => [fragment]) : null) ??
    framesByMarkers(read, found, announced, encoding);
  if (frames === null)
    throw isCutOff
      ? cutOff()
      : new HeldoutError(
          'input',
          `Its header says ${announced} frames, and its compressed pixels are ${fragments.length} pieces that cannot be told apart: store it uncompressed, for instance with gdcmconv --raw.`,
        );
  return { announced, frames };
}

/**
 * The encoded bytes of one frame. Of a frame in one fragment, what `read` gives, without a copy.
 *
 * @param number of the frame, from 0
 * @throws HeldoutError `input` when the file ends before it
 */
export function encodedFrame(read: ReadRange, { frames, announced }: FrameIndex, number: number): Uint8Array {
  if (number < 0 || number >= announced) throw new RangeError(`frame ${number} of ${announced}`);
  const parts = (frames[number] ?? []).map(({ start, length }) => {
    const bytes = read(start, length);
    if (bytes.length < length) throw cutOff();
    return bytes;
  });
  const [first] = parts;
  if (first === undefined) throw cutOff();
  return parts.length === 1 ? first : new Uint8Array(Buffer.concat(parts));
}

/** Reads from bytes in memory: a file in an archive, or an inflated data set. */
export function rangesOf(bytes: Uint8Array): ReadRange {
  return (position, length) => bytes.subarray(position, position + length);
}

function readFragments(read: ReadRange, offset: number, announced: number): Fragments {
  const table = itemAt(read, offset);
  if (table?.tag !== ITEM) throw cutOff();
  const base = offset + ITEM_HEADER + table.length;
  // Another length is none of a table that can be used, and may be damage that asks for gigabytes.
  const basicOffsets =
    table.length === 4 * announced ? numbers(read(offset + ITEM_HEADER, table.length)) : [];
  const fragments: ByteRange[] = [];
  for (let at = base; ;) {
    const item = itemAt(read, at);
    if (item?.tag !== ITEM) {
      const last = fragments.at(-1);
      const lacksEnd =
        item === null && last !== undefined && read(last.start + last.length - 1, 1).length === 0;
      if (lacksEnd) fragments.pop();
      return { base, basicOffsets, fragments, isCutOff: item?.tag !== END_OF_SEQUENCE, lacksEnd };
    }
    if (item.length > 0) fragments.push({ start: at + ITEM_HEADER, length: item.length });
    at += ITEM_HEADER + item.length;
  }
}

function itemAt(read: ReadRange, at: number): { tag: number; length: number } | null {
  const bytes = read(at, ITEM_HEADER);
  if (bytes.length < ITEM_HEADER) return null;
  const view = viewOf(bytes);
  return {
    tag: view.getUint16(0, true) * 0x10000 + view.getUint16(2, true),
    length: view.getUint32(4, true),
  };
}

/** The frames that a table of offsets names, or null when it contradicts the fragments. */
function framesByTable(
  { base, fragments, isCutOff }: Fragments,
  announced: number,
  offsets: readonly number[],
): ByteRange[][] | null {
  if (offsets.length !== announced) return null;
  const numberAt = new Map(fragments.map(({ start }, n) => [start - ITEM_HEADER, n]));
  const firsts: number[] = [];
  for (const offset of offsets) {
    const first = numberAt.get(base + offset);
    // Of a file that is cut off, the table names frames that are not there.
    if (first === undefined && isCutOff && firsts.length > 0) break;
    if (first === undefined || first <= (firsts.at(-1) ?? -1)) return null;
    firsts.push(first);
  }
  if (firsts[0] !== 0) return null;
  return firsts.map((first, n) => fragments.slice(first, firsts[n + 1] ?? fragments.length));
}

/**
 * A frame begins with a fragment that starts as a stream of the codec does, where the one before ended as such a stream
 * does; null when this gives another number of frames than announced.
 */
function framesByMarkers(
  read: ReadRange,
  { fragments, isCutOff }: Fragments,
  announced: number,
  encoding: Exclude<PixelEncoding, 'native'>,
): ByteRange[][] | null {
  const frames: ByteRange[][] = [];
  // RLE has no markers, and one fragment for each frame.
  if (encoding === 'rle') {
    if (!isCutOff || fragments.length > announced) return null;
    return fragments.map((fragment) => [fragment]);
  }
  let hasEnded = true;
  for (const fragment of fragments) {
    const frame = frames.at(-1);
    if (hasEnded && startsStream(read(fragment.start, 3), encoding)) frames.push([fragment]);
    else if (frame === undefined) return null;
    else frame.push(fragment);
    hasEnded = endsStream(
      read(fragment.start + Math.max(0, fragment.length - 4), Math.min(4, fragment.length)),
    );
  }
  return frames.length === announced || (isCutOff && frames.length < announced) ? frames : null;
}

/** Start of image, or of codestream, and the next marker. */
const startsStream = (head: Uint8Array, encoding: PixelEncoding) =>
  head[0] === 0xff && head[1] === (encoding === 'jpeg2000' ? 0x4f : 0xd8) && head[2] === 0xff;

/** All of these codecs end with ff d9; a byte or more of padding may follow. */
function endsStream(tail: Uint8Array): boolean {
  const last = tail.findLastIndex((byte) => byte !== 0);
  return tail[last] === 0xd9 && tail[last - 1] === 0xff;
}

function numbers(bytes: Uint8Array): number[] {
  const view = viewOf(bytes);
  return Array.from({ length: bytes.length >> 2 }, (_, n) => view.getUint32(4 * n, true));
}

function bigNumbers(bytes: Uint8Array): number[] {
  const view = viewOf(bytes);
  return Array.from({ length: bytes.length >> 3 }, (_, n) => Number(view.getBigUint64(8 * n, true)));
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const cutOff = () => new HeldoutError('input', 'It is cut off: the end of its compressed pixels is missing.');
