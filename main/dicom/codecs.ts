import type { StoredFormat } from '#src/imaging/stored-values';
import { checkCompressedFrame, damagedPixels } from './compressed-frame';
import { withoutPaddedEnd } from './jpeg-stream';
import { decodeRle } from './rle';
import { storedWords } from './stored-words';
import type { CodecEncoding, PixelEncoding } from './transfer-syntaxes';

export interface Frame extends StoredFormat {
  readonly rows: number;
  readonly columns: number;
}

type Codecs = typeof import('dcmjs-codecs');

/**
 * OpenJPEG decodes HTJ2K too. The library's other decoder for it, OpenJPH, clips signed 8-bit pixels at 0 and puts zeros
 * where a code-block is damaged.
 */
const DECODERS = {
  jpeg: 'decodeJpeg',
  'jpeg-ls': 'decodeJpegLs',
  jpeg2000: 'decodeJpeg2000',
} as const satisfies Record<CodecEncoding, keyof Codecs['NativeCodecs']>;

/** How libjpeg says that it filled a gap: it goes on as if nothing were wrong. */
const FILLED_GAP = /Corrupt JPEG data|Premature end of JPEG/u;

let loading: Promise<Codecs> | null = null;

async function load(): Promise<Codecs> {
  const module = await import('dcmjs-codecs');
  // A CommonJS module: bundlers and Node disagree on where its exports are.
  const codecs = (module as { default?: Codecs }).default ?? module;
  // What the decoders remark comes through the log; thrown from there, it ends the decoding.
  codecs.log.methodFactory = () => (remark: unknown) => {
    if (FILLED_GAP.test(String(remark))) throw damagedPixels();
  };
  codecs.log.setLevel('info', false);
  await codecs.NativeCodecs.initializeAsync({ logCodecsInfo: true });
  return codecs;
}

/**
 * The WebAssembly codecs take 80 ms to load, so only an image that needs them pays for it.
 *
 * @param use works without a pause: another frame, decoded meanwhile, could stop the codecs
 */
async function withCodecs<T>(use: (codecs: Codecs) => T): Promise<T> {
  for (;;) {
    const start = (loading ??= load());
    const codecs = await start.catch(() => null);
    if (codecs?.NativeCodecs.isInitialized() === true) return use(codecs);
    // They could not be loaded, or a damaged frame has stopped them: the next one starts them afresh.
    if (loading === start) loading = null;
    if (codecs === null) await start;
  }
}

/**
 * Decodes one compressed frame to stored pixels, little-endian, row by row, `bitsAllocated` each.
 *
 * @throws HeldoutError `input` when the data are damaged or do not fit the frame
 */
export async function decodeFrame(
  encoding: Exclude<PixelEncoding, 'native'>,
  encoded: Uint8Array,
  frame: Frame,
): Promise<Uint8Array> {
  const { rows, columns, bitsAllocated } = frame;
  // The library's own RLE decoder fills what is missing with zeros and says nothing.
  if (encoding === 'rle') return decodeRle(encoded, rows * columns, bitsAllocated / 8);
  const stream = checkCompressedFrame(encoding, encoded, frame);
  const unpadded = encoding === 'jpeg-ls' ? withoutPaddedEnd(encoded) : null;
  const samples = await decodeStream(encoding, encoded, frame, stream.bits).catch((error: unknown) => {
    if (unpadded === null) throw error;
    return decodeStream(encoding, unpadded, frame, stream.bits);
  });
  // JPEG knows no sign; pydicom, too, takes what it decodes as it is.
  return storedWords(samples, { ...stream, keepsSign: encoding !== 'jpeg' }, frame);
}

/** Samples as the codec gives them: a byte each when they have up to 8 bits, else two. */
async function decodeStream(
  encoding: CodecEncoding,
  encoded: Uint8Array,
  { rows, columns, bitsStored, signed }: Frame,
  bits: number,
): Promise<Uint8Array> {
  const sampleBytes = bits > 8 ? 2 : 1;
  const decoded = await withCodecs(({ Context, NativeCodecs }) => {
    const context = new Context({
      width: columns,
      height: rows,
      // The decoders trust this more than the stream: it must be the width of the stream's own samples.
      bitsAllocated: 8 * sampleBytes,
      bitsStored: Math.min(bitsStored, 8 * sampleBytes),
      samplesPerPixel: 1,
      pixelRepresentation: signed ? 1 : 0,
      planarConfiguration: 0,
      photometricInterpretation: 'MONOCHROME2',
      encodedBuffer: encoded,
    });
    try {
      return NativeCodecs[DECODERS[encoding]](context).getDecodedBuffer();
    } catch {
      // An exception leaves the codecs' memory in disorder.
      NativeCodecs.release();
      throw damagedPixels();
    }
  });
  if (decoded?.length !== rows * columns * sampleBytes) throw damagedPixels();
  return decoded;
}
