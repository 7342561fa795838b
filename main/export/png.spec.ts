import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { greyPng } from './png';

describe('a grey PNG', () => {
  const grey = Uint8Array.from({ length: 12 }, (_, index) => index * 20);
  const png = greyPng(4, 3, grey);

  it('has the signature, the size and the samples', () => {
    expect([...png.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]).toEqual([4, 3, 8, 0]);
    const length = png.readUInt32BE(33);
    const rows = inflateSync(png.subarray(41, 41 + length));
    expect([...rows]).toEqual([0, ...grey.subarray(0, 4), 0, ...grey.subarray(4, 8), 0, ...grey.subarray(8)]);
  });

  it('ends with the chunk whose checksum everyone knows', () => {
    expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
  });
});
