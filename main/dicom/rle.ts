import { HeldoutError } from '#src/contracts/failure';

const HEADER_BYTES = 64;
const NOTHING = 128;

/**
 * Decodes one frame of RLE lossless (PS3.5 annex G: PackBits, one segment for each byte of a sample, the most significant
 * first) to samples, little-endian, row by row.
 *
 * @param count samples of the frame
 * @param size bytes of a sample
 * @throws HeldoutError `input` when the segments are not those of such a frame, or end before it is full: zeros in the
 *   place of lost pixels would pass for an image
 */
export function decodeRle(encoded: Uint8Array, count: number, size: number): Uint8Array {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  if (encoded.length < HEADER_BYTES || view.getUint32(0, true) !== size) throw damaged();
  const decoded = new Uint8Array(count * size);
  for (let segment = 0; segment < size; segment++) {
    const start = view.getUint32(4 * (segment + 1), true);
    const end = segment + 1 < size ? view.getUint32(4 * (segment + 2), true) : encoded.length;
    if (start < HEADER_BYTES || start > end || end > encoded.length) throw damaged();
    unpack(encoded.subarray(start, end), decoded, size - 1 - segment, size);
  }
  return decoded;
}

/** Fills every `step`-th byte of `target` from `first` on. */
function unpack(packed: Uint8Array, target: Uint8Array, first: number, step: number): void {
  let to = first;
  let at = 0;
  while (to < target.length) {
    const control = packed[at++];
    if (control === undefined) throw damaged();
    if (control === NOTHING) continue;
    const isRun = control > NOTHING;
    const length = isRun ? 257 - control : control + 1;
    if (at + (isRun ? 1 : length) > packed.length) throw damaged();
    for (let n = 0; n < length && to < target.length; n++, to += step)
      target[to] = packed[isRun ? at : at + n] ?? 0;
    at += isRun ? 1 : length;
  }
}

const damaged = () => new HeldoutError('input', 'Its compressed pixels are damaged or cut off.');
