import { describe, expect, it } from 'vitest';
import { decodeRle } from './rle';

/** A frame of the given segments, each packed already. */
function frameOf(...segments: readonly (readonly number[])[]): Uint8Array {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(segments.length, 0);
  let at = 64;
  for (const [n, segment] of segments.entries()) {
    header.writeUInt32LE(at, 4 * (n + 1));
    at += segment.length;
  }
  return Buffer.concat([header, Buffer.from(segments.flat())]);
}

describe('RLE data', () => {
  it('are runs, plain bytes and nothing, as in the example of PackBits by its makers', () => {
    const packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];
    const unpacked = 'aa aa aa 80 00 2a aa aa aa aa 80 00 2a 22 aa aa aa aa aa aa aa aa aa aa'.replaceAll(
      ' ',
      '',
    );
    expect(Buffer.from(decodeRle(frameOf(packed), 24, 1)).toString('hex')).toBe(unpacked);
    const withNothing = [0x80, ...packed.slice(0, 2), 0x80, 0x80, ...packed.slice(2)];
    expect(Buffer.from(decodeRle(frameOf(withNothing), 24, 1)).toString('hex')).toBe(unpacked);
  });

  it('hold the most significant bytes first', () => {
    expect([...decodeRle(frameOf([1, 0x12, 0x56], [1, 0x34, 0x78]), 2, 2)]).toEqual([0x34, 0x12, 0x78, 0x56]);
    expect([...decodeRle(frameOf([0, 1], [0, 2], [0, 3], [0, 4]), 1, 4)]).toEqual([4, 3, 2, 1]);
  });

  it('may be followed by padding, or say more than the frame holds', () => {
    expect([...decodeRle(frameOf([1, 5, 6, 0]), 2, 1)]).toEqual([5, 6]);
    expect([...decodeRle(frameOf([0xf7, 9]), 4, 1)]).toEqual([9, 9, 9, 9]);
  });

  it.each<[what: string, encoded: Uint8Array, size: number]>([
    ['are none', new Uint8Array(), 1],
    ['are a part of their header', frameOf([1, 5, 6]).subarray(0, 40), 1],
    ['are too few', frameOf([0, 5]), 1],
    ['end within plain bytes', frameOf([1, 5]), 1],
    ['end within a run', frameOf([0xff]), 1],
    ['have a segment too few', frameOf([1, 5, 6]), 2],
    ['have a segment too many', frameOf([1, 5, 6], [1, 5, 6]), 1],
    ['have an empty segment', frameOf([], [1, 5, 6]), 2],
  ])('are refused when they %s', (_, encoded, size) => {
    expect(() => decodeRle(encoded, 2, size)).toThrow('Its compressed pixels are damaged or cut off.');
  });
});
