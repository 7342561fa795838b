import type { StreamFormat } from './compressed-frame';

const SIZE_SEGMENT = 0xff4fff51;
const CODING_STYLE = 0xff52;
const TILE_PART = 0xff90;
const END_OF_CODESTREAM = 0xffd9;
const TILE_PART_HEADER = 12;
const HEADER_BYTES = 45;
/** Of the coding style (A.6.1): precincts of its own, and code-blocks with uncoded passes or of HTJ2K. */
const OWN_PRECINCTS = 0x01;
const UNCODED_PASSES = 0x01;
const HIGH_THROUGHPUT = 0x40;
/** What a disk loses at once. */
const BLOCK_OF_A_DISK = 4096;

/**
 * Walks a JPEG 2000 codestream (with ITU T.814, HTJ2K, as well) from its size segment along its tile-parts to its end
 * (ITU T.800, annex A) and returns what it says of itself; null when it is not whole: a tile-part that does not end where
 * it says, a tile without any part, an end that is missing, a lost block of a disk. What lies behind the end is padding.
 * Other damage to the coded pixels is for the decoder to judge, and that of JPEG 2000 takes any bytes for pixels.
 */
export function describeJpeg2000(encoded: Uint8Array): StreamFormat | null {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  if (encoded.length < HEADER_BYTES || view.getUint32(0) !== SIZE_SEGMENT) return null;
  const word = (at: number) => view.getUint32(at);
  const [right, bottom, left, top] = [word(8), word(12), word(16), word(20)];
  const [tileWidth, tileHeight, tileLeft, tileTop] = [word(24), word(28), word(32), word(36)];
  const isSubsampled = view.getUint8(43) !== 1 || view.getUint8(44) !== 1;
  if (tileWidth === 0 || tileHeight === 0 || isSubsampled) return null;
  const tiles = Math.ceil((right - tileLeft) / tileWidth) * Math.ceil((bottom - tileTop) / tileHeight);
  const header = mainHeader(view);
  const end = header === null ? null : endOfTiles(view, header.end, tiles);
  if (header === null || end === null) return null;
  if (header.isCoded && hasLostBlock(encoded.subarray(header.end, end))) return null;
  return {
    columns: right - left,
    rows: bottom - top,
    // The highest bit says whether samples are signed.
    bits: (view.getUint8(42) & 0x7f) + 1,
    components: view.getUint16(40),
    lossy: !header.isReversible,
  };
}

/** Where the codestream ends; null when the tile-parts do not lead there, or a tile lacks some of its parts. */
function endOfTiles(view: DataView, start: number, tiles: number): number | null {
  const partsOf = new Map<number, { found: number; said: number }>();
  let at = start;
  while (at + TILE_PART_HEADER <= view.byteLength && view.getUint16(at) === TILE_PART) {
    const tile = view.getUint16(at + 4);
    const length = view.getUint32(at + 6);
    const parts = partsOf.get(tile) ?? { found: 0, said: 0 };
    partsOf.set(tile, { found: parts.found + 1, said: Math.max(parts.said, view.getUint8(at + 11)) });
    // Zero: up to the end of the codestream.
    at = length === 0 ? lastEnd(view) : at + length;
  }
  const isWhole =
    at + 2 <= view.byteLength &&
    view.getUint16(at) === END_OF_CODESTREAM &&
    partsOf.size === tiles &&
    [...partsOf].every(([tile, { found, said }]) => tile < tiles && (said === 0 || found === said));
  return isWhole ? at : null;
}

interface MainHeader {
  /** Where the first tile-part begins. */
  readonly end: number;
  readonly isReversible: boolean;
  /** All of the pixels are arithmetically coded: long runs of zeros do not come out of that. */
  readonly isCoded: boolean;
}

function mainHeader(view: DataView): MainHeader | null {
  let style: Omit<MainHeader, 'end'> | null = null;
  for (let at = 2; at + TILE_PART_HEADER + 2 <= view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === TILE_PART) return style === null ? null : { ...style, end: at };
    if (marker < 0xff00) return null;
    if (marker === CODING_STYLE)
      style = {
        isReversible: view.getUint8(at + 13) === 1,
        // Precincts without pixels are a zero byte each, and there may be thousands of them.
        isCoded:
          (view.getUint8(at + 4) & OWN_PRECINCTS) === 0 &&
          (view.getUint8(at + 12) & (UNCODED_PASSES | HIGH_THROUGHPUT)) === 0,
      };
  }
  return null;
}

/** Whether there are as many zeros in a row as a block has bytes. Of such a run, every block-th byte is one. */
function hasLostBlock(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += BLOCK_OF_A_DISK) {
    if (bytes[at] !== 0) continue;
    let from = at;
    let to = at;
    while (bytes[from - 1] === 0) from--;
    while (bytes[to + 1] === 0) to++;
    if (to - from + 1 >= BLOCK_OF_A_DISK) return true;
  }
  return false;
}

/** Where the last end marker stands; the end of the bytes when there is none. */
function lastEnd(view: DataView): number {
  for (let at = view.byteLength - 2; at >= 0; at--) if (view.getUint16(at) === END_OF_CODESTREAM) return at;
  return view.byteLength;
}
