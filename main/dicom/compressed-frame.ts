import { HeldoutError } from '#src/contracts/failure';

/** What a compressed frame says of its own size, in pixels. */
interface FrameSize {
  readonly rows: number;
  readonly columns: number;
}

/** Baseline to progressive, lossless; DHT (c4), JPG (c8) and DAC (cc) lie between them and are no frame headers. */
const FRAME_HEADERS = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/**
 * Refuses a JPEG or JPEG 2000 frame that is cut off or has another size than its image: the decoders fill what is
 * missing and say nothing.
 *
 * @throws HeldoutError `input`
 */
export function checkCompressedFrame(
  encoding: 'jpeg' | 'jpeg2000',
  encoded: Uint8Array,
  { rows, columns }: FrameSize,
): void {
  const size = encoding === 'jpeg' ? jpegSize(encoded) : jpeg2000Size(encoded);
  if (size === null || !endsWithMarker(encoded)) throw damaged();
  if (size.rows !== rows || size.columns !== columns)
    throw new HeldoutError(
      'input',
      `Its compressed pixels are ${size.columns} x ${size.rows}, and its header says ${columns} x ${rows}.`,
    );
}

/** Both formats end with the marker ff d9; encapsulation may pad it with zeros. */
function endsWithMarker(encoded: Uint8Array): boolean {
  const last = encoded.findLastIndex((byte) => byte !== 0);
  return encoded[last] === END_OF_IMAGE && encoded[last - 1] === 0xff;
}

/** From the frame header (ITU T.81, B.2.2). */
function jpegSize(encoded: Uint8Array): FrameSize | null {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  if (encoded.length < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 <= encoded.length;) {
    if (encoded[at] !== 0xff) return null;
    const marker = encoded[at + 1] ?? 0;
    // Fill bytes may stand before a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (FRAME_HEADERS.has(marker)) return { rows: view.getUint16(at + 5), columns: view.getUint16(at + 7) };
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) return null;
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/** From the SIZ segment, which comes first (ITU T.800, A.5.1). */
function jpeg2000Size(encoded: Uint8Array): FrameSize | null {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  if (encoded.length < 24 || view.getUint32(0) !== 0xff4fff51) return null;
  return {
    columns: view.getUint32(8) - view.getUint32(16),
    rows: view.getUint32(12) - view.getUint32(20),
  };
}

function damaged(): HeldoutError {
  return new HeldoutError('input', 'Its compressed pixels are damaged or cut off.');
}
