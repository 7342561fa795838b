import type { StreamFormat } from './compressed-frame';

const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const FIRST_RESTART = 0xd0;
const LAST_RESTART = 0xd7;
/** Baseline to progressive, lossless; DHT (c4), JPG (c8) and DAC (cc) lie between them and are no frame headers. */
const JPEG_FRAMES = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);
const LOSSLESS_FRAMES = new Set([0xc3, 0xc7, 0xcb, 0xcf]);
const JPEG_LS_FRAMES = new Set([0xf7]);

/**
 * Walks all markers of a JPEG or JPEG-LS stream, from its start to its end (ITU T.81, annex B; ITU T.87, annex C), and
 * returns what its frame header says; null when the markers are not those of a whole stream. What lies behind the end is
 * padding. The coded pixels between the markers are for the decoder to judge.
 */
export function describeJpeg(encoding: 'jpeg' | 'jpeg-ls', encoded: Uint8Array): StreamFormat | null {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const frameHeaders = encoding === 'jpeg' ? JPEG_FRAMES : JPEG_LS_FRAMES;
  let format: StreamFormat | null = null;
  let hasScan = false;
  if (encoded[0] !== 0xff || encoded[1] !== START_OF_IMAGE) return null;
  let at = 2;
  for (;;) {
    // Fill bytes may stand before a marker.
    while (encoded[at] === 0xff && encoded[at + 1] === 0xff) at += 1;
    const marker = encoded[at + 1];
    if (encoded[at] !== 0xff || marker === undefined) return null;
    if (marker === END_OF_IMAGE) return hasScan ? format : null;
    if (marker < 0xc0 || (marker >= FIRST_RESTART && marker <= START_OF_IMAGE) || at + 4 > encoded.length)
      return null;
    const length = view.getUint16(at + 2);
    if (length < 2 || at + 2 + length > encoded.length) return null;
    if (frameHeaders.has(marker)) {
      if (format !== null || length < 8) return null;
      format = {
        bits: view.getUint8(at + 4),
        rows: view.getUint16(at + 5),
        columns: view.getUint16(at + 7),
        components: view.getUint8(at + 9),
        lossy: encoding === 'jpeg' && !LOSSLESS_FRAMES.has(marker),
      };
    }
    if (marker === START_OF_SCAN && encoding === 'jpeg-ls' && format !== null)
      // NEAR stands behind the components of the scan.
      format = { ...format, lossy: format.lossy || (encoded[at + 5 + 2 * (encoded[at + 4] ?? 0)] ?? 0) > 0 };
    at += 2 + length;
    if (marker !== START_OF_SCAN) continue;
    if (format === null) return null;
    hasScan = true;
    at = endOfScan(encoding, encoded, at);
  }
}

/** Where the next marker stands that is no restart: a ff within coded pixels is followed by 00, in JPEG-LS by a bit 0. */
function endOfScan(encoding: 'jpeg' | 'jpeg-ls', encoded: Uint8Array, start: number): number {
  const highestStuffed = encoding === 'jpeg' ? 0 : 0x7f;
  for (let at = encoded.indexOf(0xff, start); at >= 0; at = encoded.indexOf(0xff, at + 1)) {
    const next = encoded[at + 1] ?? 0;
    if (next > highestStuffed && next !== 0xff && !(next >= FIRST_RESTART && next <= LAST_RESTART)) return at;
  }
  return encoded.length;
}

/**
 * The stream without a zero byte before its end marker, or null when there is none: some programs pad frames to an even
 * length there and not behind the end, and CharLS refuses that.
 */
export function withoutPaddedEnd(encoded: Uint8Array): Uint8Array | null {
  const end = encoded.findLastIndex((byte, at) => byte === END_OF_IMAGE && encoded[at - 1] === 0xff) - 1;
  // Behind a ff, the zero belongs to the pixels.
  if (end < 2 || encoded[end - 1] !== 0 || encoded[end - 2] === 0xff) return null;
  return new Uint8Array(Buffer.concat([encoded.subarray(0, end - 1), encoded.subarray(end)]));
}
