import { HeldoutError } from '#src/contracts/failure';
import type { StoredFormat } from '#src/imaging/stored-values';
import { decodeRle } from './rle';
import { checkCompressedFrame } from './compressed-frame';
import type { PixelEncoding } from './transfer-syntaxes';

export interface Frame extends StoredFormat {
  readonly rows: number;
  readonly columns: number;
}

type Codecs = typeof import('dcmjs-codecs');
type Decode = 'decodeJpeg' | 'decodeJpeg2000' | 'decodeHtJpeg2000';

const DECODERS: Readonly<Record<Exclude<PixelEncoding, 'native' | 'rle'>, Decode>> = {
  jpeg: 'decodeJpeg',
  jpeg2000: 'decodeJpeg2000',
  htj2k: 'decodeHtJpeg2000',
};

let loaded: Promise<Codecs> | null = null;

/** The WebAssembly codecs take 80 ms to load, so only an image that needs them pays for it. */
function loadCodecs(): Promise<Codecs> {
  loaded ??= import('dcmjs-codecs').then(async (module) => {
    // A CommonJS module: bundlers and Node disagree on where its exports are.
    const codecs = (module as { default?: Codecs }).default ?? module;
    codecs.log.disableAll();
    await codecs.NativeCodecs.initializeAsync();
    return codecs;
  });
  return loaded;
}

/**
 * Decodes one compressed frame to stored pixels, little-endian, row by row.
 *
 * @throws HeldoutError `input` when the data are damaged
 */
export async function decodeFrame(
  encoding: Exclude<PixelEncoding, 'native'>,
  encoded: Uint8Array,
  frame: Frame,
): Promise<Uint8Array> {
  // The library's own RLE decoder fills what is missing with zeros and says nothing.
  if (encoding === 'rle') return decodeRle(encoded, frame.rows * frame.columns, frame.bitsAllocated / 8);
  if (encoding !== 'htj2k') checkCompressedFrame(encoding, encoded, frame);
  const codecs = await loadCodecs();
  const context = new codecs.Context({
    width: frame.columns,
    height: frame.rows,
    bitsAllocated: frame.bitsAllocated,
    bitsStored: frame.bitsStored,
    samplesPerPixel: 1,
    pixelRepresentation: frame.signed ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: 'MONOCHROME2',
    encodedBuffer: encoded,
  });
  const expected = frame.rows * frame.columns * (frame.bitsAllocated / 8);
  let decoded: Uint8Array | undefined;
  try {
    decoded = codecs.NativeCodecs[DECODERS[encoding]](context).getDecodedBuffer();
  } catch {
    // An exception may leave the codecs' memory in disorder: start them afresh for the next frame.
    codecs.NativeCodecs.release();
    loaded = null;
  }
  if (decoded === undefined || decoded.length < expected)
    throw new HeldoutError('input', 'Its compressed pixels are damaged or cut off.');
  return decoded;
}
