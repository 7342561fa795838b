/** Decoding one frame after another: damage is refused, and leaves nothing behind for the frames that follow. */
import { setTimeout as pause } from 'node:timers/promises';
import dcmjsCodecs from 'dcmjs-codecs';
import { describe, expect, it } from 'vitest';
import { decodeFrame, type Frame } from './codecs';
import {
  codecFixture,
  encodedFramesOf,
  sha256Of,
  sourceOf,
  valuesOf,
  type CodecFixture,
} from './testing/codec-fixtures';

const damaged = 'Its compressed pixels are damaged or cut off.';

function encodedOf(fixture: CodecFixture): Uint8Array {
  const [encoded] = encodedFramesOf(fixture);
  if (encoded === undefined) throw new Error(fixture.name);
  return encoded;
}
const decode = (fixture: CodecFixture, encoded = encodedOf(fixture)) =>
  decodeFrame(fixture.encoding, encoded, fixture.frame);

/** How many of `places`, spread over the coded pixels, are noticed when `length` bytes there are zeroed. */
async function noticed(name: string, length: number, places: number): Promise<number> {
  const fixture = codecFixture(name);
  const whole = encodedOf(fixture);
  // Behind the headers, before the end marker and its padding.
  const first = headersOf(whole) + 8;
  const last = whole.length - 8 - length;
  let count = 0;
  for (let n = 0; n < places; n++) {
    const start = Math.round(first + ((last - first) * n) / (places - 1));
    await decode(fixture, Uint8Array.from(whole).fill(0, start, start + length)).catch((error: unknown) => {
      expect(error).toMatchObject({ failure: { code: 'input', sentence: damaged } });
      count++;
    });
  }
  return count;
}

/** Bytes up to the coded pixels: behind the last header of a scan, or the marker before a tile-part's pixels. */
function headersOf(encoded: Uint8Array): number {
  const bytes = Buffer.from(encoded);
  const scan = bytes.indexOf(Buffer.from([0xff, 0xda]));
  return encoded[1] === 0xd8 ? scan + 10 : bytes.indexOf(Buffer.from([0xff, 0x93])) + 2;
}

describe('a frame whose coded pixels are damaged between intact headers', () => {
  it.each([
    'jpeg-extended',
    'jpeg-lossless-eight',
    'jpeg-lossless-twelve-signed',
    'jpeg-lossless-sixteen',
    'jpeg-lossless-predictor-2',
    'jpeg-lossless-predictor-6',
    'jpeg-ls-eight',
    'jpeg-ls-twelve-signed',
    'jpeg-ls-sixteen',
    'jpeg-ls-near-3',
  ])('is refused wherever 256 bytes are zeroed: %s', async (name) => {
    expect(await noticed(name, 256, 30)).toBe(30);
  });

  it('is mostly refused in HTJ2K, which takes some bytes as they are', async () => {
    expect(await noticed('htj2k-twelve', 256, 30)).toBeGreaterThanOrEqual(25);
  });

  it.each([
    'jpeg-baseline',
    'jpeg-extended',
    'jpeg-lossless-eight',
    'jpeg-lossless-twelve-signed',
    'jpeg-lossless-sixteen-signed',
    'jpeg-ls-twelve',
    'jpeg-2000-twelve',
    'htj2k-twelve',
  ])('is refused when a piece of them is missing: %s', async (name) => {
    const fixture = codecFixture(name);
    const whole = Buffer.from(encodedOf(fixture));
    const start = headersOf(whole) + 8;
    for (const length of [16, 64]) {
      const piece = Buffer.concat([whole.subarray(0, start), whole.subarray(start + length)]);
      await expect(decode(fixture, Uint8Array.from(piece))).rejects.toThrow(damaged);
    }
  });
});

describe('a JPEG-LS frame that is padded before its end', () => {
  const fixture = codecFixture('jpeg-ls-twelve');
  const whole = Buffer.from(encodedOf(fixture));
  const end = whole.lastIndexOf(Buffer.from([0xff, 0xd9]));
  const padded = (...bytes: number[]) =>
    Uint8Array.from(Buffer.concat([whole.subarray(0, end), Buffer.from(bytes), whole.subarray(end)]));

  it('is read when it is padded to an even length, as some programs do', async () => {
    expect(sha256Of(valuesOf(await decode(fixture, padded(0)), fixture))).toBe(fixture.sha256[0]);
  });

  it('is refused when there is more than that', async () => {
    for (const bytes of [[0, 0], [1], [1, 0, 0]])
      await expect(decode(fixture, padded(...bytes))).rejects.toThrow(damaged);
  });
});

describe('a frame that is decoded after a damaged one', () => {
  const names = ['jpeg-lossless-twelve', 'jpeg-ls-twelve', 'htj2k-twelve'] as const;

  /** With a piece in the middle of its pixels zeroed, which each of these codecs notices. */
  function damagedOf(fixture: CodecFixture): Uint8Array {
    const bad = encodedOf(fixture);
    return bad.fill(0, (headersOf(bad) + bad.length) >> 1, bad.length - 16);
  }

  it.each(names)('is whole: %s', async (name) => {
    const fixture = codecFixture(name);
    await expect(decode(fixture, damagedOf(fixture))).rejects.toThrow(damaged);
    for (const next of names) {
      const good = codecFixture(next);
      expect(sha256Of(valuesOf(await decode(good), good))).toBe(sha256Of(sourceOf(good)));
    }
  });

  it('is whole when both are decoded at the same time', async () => {
    const fixtures = names.map((name) => codecFixture(name));
    const outcomes = await Promise.allSettled(
      fixtures.flatMap((fixture) => {
        const bad = damagedOf(fixture);
        return [decode(fixture, bad), decode(fixture), decode(fixture, bad), decode(fixture)];
      }),
    );
    for (const [n, outcome] of outcomes.entries()) {
      const fixture = fixtures[n >> 2];
      if (fixture === undefined) throw new Error('no fixture');
      if (n % 2 === 0)
        expect(outcome).toMatchObject({ status: 'rejected', reason: { failure: { sentence: damaged } } });
      else if (outcome.status === 'fulfilled')
        expect(sha256Of(valuesOf(outcome.value, fixture))).toBe(sha256Of(sourceOf(fixture)));
      else throw outcome.reason;
    }
  });
});

describe('the memory of the codecs', () => {
  const SIDE = 512;
  const frame: Frame = {
    rows: SIDE,
    columns: SIDE,
    bitsAllocated: 16,
    bitsStored: 12,
    highBit: 11,
    signed: false,
  };

  /** A frame that is worth noticing when it stays in memory; its like is not in the fixtures. */
  async function largeFrame(): Promise<Uint8Array> {
    // The codecs are started by the first frame.
    await decode(codecFixture('jpeg-lossless-twelve'));
    const pixels = Uint16Array.from(
      { length: SIDE * SIDE },
      (_, n) => ((n % SIDE) * 7 + (n >> 9) * 3) & 0xfff,
    );
    const { Context, NativeCodecs } = dcmjsCodecs;
    const context = new Context({
      width: SIDE,
      height: SIDE,
      bitsAllocated: 16,
      bitsStored: 12,
      samplesPerPixel: 1,
      pixelRepresentation: 0,
      planarConfiguration: 0,
      photometricInterpretation: 'MONOCHROME2',
      decodedBuffer: new Uint8Array(pixels.buffer),
    });
    const encoded = NativeCodecs.encodeJpeg(context, { lossy: false }).getEncodedBuffer();
    if (encoded === undefined) throw new Error('not encoded');
    return encoded;
  }

  it('does not grow with the number of frames, whole or damaged', async () => {
    const whole = await largeFrame();
    const bad = Uint8Array.from(whole);
    bad.fill(0, bad.length >> 1, (bad.length >> 1) + 4096);
    const decodeMany = async (count: number) => {
      for (let n = 0; n < count; n++) {
        await decodeFrame('jpeg', whole, frame);
        if (n % 5 === 0) await expect(decodeFrame('jpeg', bad, frame)).rejects.toThrow(damaged);
        // Memory that is let go is given back between tasks.
        await pause(0);
      }
    };
    await decodeMany(100);
    const before = process.memoryUsage().rss;
    await decodeMany(600);
    // A frame that stayed would cost 0.5 MB: 300 MB in all.
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
  });
});
