/**
 * What decoding compressed frames of 512 x 512 pixels, 12 bits (JPEG baseline: 8), costs in time and memory, and how often
 * zeroed bytes between intact headers are noticed: for each codec milliseconds for a frame, resident memory after each
 * fifth of the frames, and of 60 places those where a gap of 64, 512 or 4,096 zeros was refused. Prints a line of JSON for
 * each codec.
 *
 *   node bench/run.mjs compressed-frames [frames]
 */
import dcmjsCodecs from 'dcmjs-codecs';
import { decodeFrame, type Frame } from '#main/dicom/codecs';
import type { CodecEncoding } from '#main/dicom/transfer-syntaxes';
import { normal, randomStream } from '#src/models/random';

const [frames = 2000] = process.argv.slice(2).map(Number);
const SIDE = 512;
const PLACES = 60;
const { Context, NativeCodecs, log } = dcmjsCodecs;
log.disableAll();
await NativeCodecs.initializeAsync();

/** A noisy picture with an empty border on top, as a scanner gives it. */
function picture(levels: number): Float64Array {
  const random = randomStream(1);
  return Float64Array.from({ length: SIDE * SIDE }, (_, n) => {
    const [x, y] = [n % SIDE, Math.floor(n / SIDE)];
    if (y < 60) return 0;
    const value = 0.25 + 0.15 * Math.sin(x / 40) * Math.cos(y / 55) + 0.003 * normal(random);
    return Math.max(0, Math.min(levels - 1, Math.round(value * levels)));
  });
}

type Encode = 'encodeJpeg' | 'encodeJpegLs' | 'encodeJpeg2000' | 'encodeHtJpeg2000';

function encoded(encode: Encode, bits: 8 | 12, lossy: boolean): Uint8Array {
  const pixels = picture(2 ** bits);
  const buffer = bits === 8 ? Uint8Array.from(pixels) : new Uint8Array(Uint16Array.from(pixels).buffer);
  const context = new Context({
    width: SIDE,
    height: SIDE,
    bitsAllocated: bits === 8 ? 8 : 16,
    bitsStored: bits,
    samplesPerPixel: 1,
    pixelRepresentation: 0,
    planarConfiguration: 0,
    photometricInterpretation: 'MONOCHROME2',
    decodedBuffer: buffer,
  });
  const bytes = NativeCodecs[encode](context, { lossy }).getEncodedBuffer();
  if (bytes === undefined) throw new Error(`${encode} gave nothing`);
  return bytes;
}

const streams: readonly [name: string, CodecEncoding, bits: 8 | 12, Uint8Array][] = [
  ['JPEG baseline', 'jpeg', 8, encoded('encodeJpeg', 8, true)],
  ['JPEG lossless', 'jpeg', 12, encoded('encodeJpeg', 12, false)],
  ['JPEG-LS', 'jpeg-ls', 12, encoded('encodeJpegLs', 12, false)],
  ['HTJ2K', 'jpeg2000', 12, encoded('encodeHtJpeg2000', 12, false)],
  ['JPEG 2000', 'jpeg2000', 12, encoded('encodeJpeg2000', 12, false)],
];

/** Behind the headers of the scan or tile-part. */
function pixelsBegin(stream: Uint8Array): number {
  const bytes = Buffer.from(stream);
  return stream[1] === 0xd8
    ? bytes.lastIndexOf(Buffer.from([0xff, 0xda, 0, 8])) + 10
    : bytes.indexOf(Buffer.from([0xff, 0x93])) + 2;
}

for (const [codec, encoding, bits, whole] of streams) {
  const frame: Frame = {
    rows: SIDE,
    columns: SIDE,
    bitsAllocated: bits === 8 ? 8 : 16,
    bitsStored: bits,
    highBit: bits - 1,
    signed: false,
  };
  const residentMb: number[] = [];
  const start = performance.now();
  for (let n = 1; n <= frames; n++) {
    await decodeFrame(encoding, whole, frame);
    if (n % Math.ceil(frames / 5) === 0) residentMb.push(process.memoryUsage().rss >> 20);
  }
  const milliseconds = (performance.now() - start) / frames;
  const first = pixelsBegin(whole);
  const refused: Record<string, string> = {};
  for (const length of [64, 512, 4096]) {
    let count = 0;
    for (let n = 0; n < PLACES; n++) {
      const at = Math.floor(first + ((whole.length - first - length - 4) * n) / PLACES);
      await decodeFrame(encoding, Uint8Array.from(whole).fill(0, at, at + length), frame).catch(
        () => count++,
      );
    }
    refused[length] = `${count}/${PLACES}`;
  }
  process.stdout.write(
    `${JSON.stringify({ codec, bytes: whole.length, milliseconds, residentMb, refused })}\n`,
  );
}
