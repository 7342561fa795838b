import { describe, expect, it } from 'vitest';
import { describeJpeg, withoutPaddedEnd } from './jpeg-stream';

const START = [0xff, 0xd8];
const END = [0xff, 0xd9];
const TABLE = [0xff, 0xc4, 0x00, 0x03, 0x00];
/** 12 bits, 5 rows, 7 columns, 1 component. */
const frame = (marker: number) => [0xff, marker, 0x00, 0x0b, 12, 0, 5, 0, 7, 1, 1, 0x11, 0];
const scan = (near = 0) => [0xff, 0xda, 0x00, 0x08, 1, 1, 0, near, 0, 0];
const described = { rows: 5, columns: 7, bits: 12, components: 1, lossy: false };
const jpeg = (...parts: readonly (readonly number[])[]) =>
  describeJpeg('jpeg', Uint8Array.from(parts.flat()));
const jpegLs = (...parts: readonly (readonly number[])[]) =>
  describeJpeg('jpeg-ls', Uint8Array.from(parts.flat()));

describe('a JPEG stream', () => {
  it('is walked over tables, fill bytes, stuffed bytes, restarts and further scans', () => {
    const data = [1, 0xff, 0x00, 2, 0xff, 0xd0, 3, 0xff, 0xff, 0x00, 4];
    expect(
      jpeg(START, TABLE, frame(0xc3), [0xff, 0xff], TABLE, scan(), data, TABLE, scan(), data, [0xff], END),
    ).toEqual(described);
  });

  it('is lossy unless its frame header says otherwise', () => {
    for (const marker of [0xc0, 0xc1, 0xc2])
      expect(jpeg(START, frame(marker), scan(), END)?.lossy).toBe(true);
    for (const marker of [0xc3, 0xc7]) expect(jpeg(START, frame(marker), scan(), END)?.lossy).toBe(false);
  });

  it('may be followed by anything', () => {
    expect(jpeg(START, frame(0xc3), scan(), [1, 2], END, [0, 1, 2])).toEqual(described);
  });

  it.each([
    ['no start', [frame(0xc3), scan(), END]],
    ['no frame header', [START, TABLE, scan(), END]],
    ['two frame headers', [START, frame(0xc3), frame(0xc3), scan(), END]],
    ['no scan', [START, frame(0xc3), END]],
    ['no end', [START, frame(0xc3), scan(), [1, 2, 3]]],
    ['another start within its pixels', [START, frame(0xc3), scan(), [1, 0xff, 0xd8, 2], END]],
    ['a marker within its pixels that is none', [START, frame(0xc3), scan(), [1, 0xff, 0x13, 2], END]],
    ['bytes between its headers', [START, [0, 0], frame(0xc3), scan(), END]],
    ['a header without a length', [START, [0xff, 0xc4, 0, 0], frame(0xc3), scan(), END]],
    ['a header that goes on behind its end', [START, frame(0xc3), scan(), [0xff, 0xc4, 0x40, 0], END]],
    ['a frame header of JPEG-LS', [START, frame(0xf7), scan(), END]],
  ])('is not whole with %s', (_, parts) => {
    expect(jpeg(...parts)).toBeNull();
  });
});

describe('a JPEG-LS stream', () => {
  it('has a bit 0 behind a ff in its pixels', () => {
    expect(jpegLs(START, frame(0xf7), scan(), [0xff, 0x13, 0xff, 0x7f, 0xff, 0xd0, 5], END)).toEqual(
      described,
    );
    expect(jpegLs(START, frame(0xf7), scan(), [0xff, 0x80], END)).toBeNull();
  });

  it('is lossy when its pixels may be off by something', () => {
    expect(jpegLs(START, frame(0xf7), scan(2), [1], END)).toEqual({ ...described, lossy: true });
  });

  it('has a frame header of its own', () => {
    expect(jpegLs(START, frame(0xc3), scan(), END)).toBeNull();
  });
});

describe('a zero before the end marker', () => {
  const without = (...bytes: number[]) => {
    const stream = withoutPaddedEnd(Uint8Array.from(bytes));
    return stream === null ? null : [...stream];
  };

  it('is taken away, and padding behind the end is left', () => {
    expect(without(0xff, 0xd8, 7, 0, 0xff, 0xd9)).toEqual([0xff, 0xd8, 7, 0xff, 0xd9]);
    expect(without(0xff, 0xd8, 7, 0, 0xff, 0xd9, 0)).toEqual([0xff, 0xd8, 7, 0xff, 0xd9, 0]);
  });

  it('is left where it belongs to the pixels, or is none', () => {
    expect(without(0xff, 0xd8, 0xff, 0, 0xff, 0xd9)).toBeNull();
    expect(without(0xff, 0xd8, 7, 0xff, 0xd9)).toBeNull();
    expect(without(0xff, 0xd8, 7, 0)).toBeNull();
    expect(without()).toBeNull();
  });
});
