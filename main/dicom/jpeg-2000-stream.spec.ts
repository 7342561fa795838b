import { describe, expect, it } from 'vitest';
import { describeJpeg2000 } from './jpeg-2000-stream';

const short = (value: number) => [value >> 8, value & 0xff];
const long = (value: number) => [...short(value >>> 16), ...short(value & 0xffff)];

/** Size segment of an image from (2, 1) to (9, 6), so 7 x 5, in two tiles of 5 x 6, signed 12 bits. */
const size = [
  ...[0xff, 0x4f, 0xff, 0x51, 0, 41, 0, 0],
  ...[9, 6, 2, 1, 5, 6, 0, 0].flatMap(long),
  ...short(1),
  ...[0x80 + 11, 1, 1],
];
const style = (wavelets: number, blocks = 0, precincts = 0) => [
  ...[0xff, 0x52, 0, 12, precincts],
  ...[0, 0, 1, 0, 5, 4, 4, blocks, wavelets],
];
const end = [0xff, 0xd9];

/** A tile-part with four bytes of pixels; `said` is the length that it announces. */
function part(tile: number, parts = 0, said = 18): number[] {
  return [0xff, 0x90, 0, 10, ...short(tile), ...long(said), 0, parts, 0xff, 0x93, 1, 2, 3, 4];
}
const describeAll = (...parts: readonly (readonly number[])[]) =>
  describeJpeg2000(Uint8Array.from(parts.flat()));

describe('a JPEG 2000 codestream', () => {
  const described = { rows: 5, columns: 7, bits: 12, components: 1, lossy: false };

  it('is walked along its tile-parts, in any order', () => {
    expect(describeAll(size, style(1), part(0), part(1), end)).toEqual(described);
    expect(describeAll(size, style(1), part(1, 2), part(0, 1), part(1, 0), end)).toEqual(described);
    expect(describeAll(size, style(1), part(0), part(1, 0, 0), end, [0])).toEqual(described);
  });

  it('may be followed by any padding', () => {
    const padding = Array.from({ length: 9000 }, () => 0);
    expect(describeAll(size, style(1), part(0), part(1), end, padding)).toEqual(described);
  });

  it('is lossy when its wavelets are the irreversible ones', () => {
    expect(describeAll(size, style(0), part(0), part(1), end)).toEqual({ ...described, lossy: true });
  });

  it.each([
    ['a tile too few', [size, style(1), part(0), end]],
    ['a tile too many', [size, style(1), part(0), part(1), part(2), end]],
    ['a tile-part too few', [size, style(1), part(0), part(1, 2), end]],
    ['a tile-part that is shorter than it says', [size, style(1), part(0), part(1, 0, 20), end]],
    ['a tile-part that is longer than it says', [size, style(1), part(0), part(1, 0, 16), end]],
    ['no end', [size, style(1), part(0), part(1)]],
    ['no coding style', [size, part(0), part(1), end]],
    ['something else between its headers', [size, [0, 0], style(1), part(0), part(1), end]],
    ['another beginning', [[0, 0, 0, 12], size, style(1), part(0), part(1), end]],
  ])('is not whole with %s', (_, parts) => {
    expect(describeAll(...parts)).toBeNull();
  });

  it('is not whole with a block of zeros, where arithmetic coding gives none', () => {
    const zeros = (length: number, kind = style(1)) => {
      const pixels = [7, ...Array.from({ length }, () => 0), 7];
      const large = [...part(1, 0, 14 + pixels.length).slice(0, 14), ...pixels];
      return describeAll(size, kind, part(0), large, end);
    };
    expect(zeros(4096)).toBeNull();
    expect(zeros(10000)).toBeNull();
    expect(zeros(4095)).toEqual(described);
    // HTJ2K, passes that are not coded, precincts that may be empty.
    for (const kind of [style(1, 0x40), style(1, 0x01), style(1, 0, 1)])
      expect(zeros(4096, kind)).toEqual(described);
  });
});
