import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkCompressedFrame } from './compressed-frame';

/** The compressed frame within a fixture: from its first marker on. */
function frameIn(file: string, start: number): Uint8Array {
  const bytes = readFileSync(`main/dicom/fixtures/${file}`);
  const at = bytes.indexOf(Uint8Array.of(0xff, start, 0xff));
  return bytes.subarray(at, bytes.lastIndexOf(Uint8Array.of(0xff, 0xd9)) + 2);
}

describe.each([
  ['jpeg', frameIn('jpeg-lossless.dcm', 0xd8)],
  ['jpeg2000', frameIn('jpeg-2000.dcm', 0x4f)],
] as const)('a %s frame', (encoding, whole) => {
  const size = { rows: 32, columns: 32 };
  const padded = Buffer.concat([whole, Buffer.alloc(1)]);

  it('is taken when it is whole and as large as its header says', () => {
    expect(() => checkCompressedFrame(encoding, whole, size)).not.toThrow();
    expect(() => checkCompressedFrame(encoding, padded, size)).not.toThrow();
  });

  it('is refused when it is cut off anywhere', () => {
    for (const length of [0, 1, 3, 10, 20, 25, whole.length - 40, whole.length - 1])
      expect(() => checkCompressedFrame(encoding, whole.subarray(0, length), size)).toThrow(
        'damaged or cut off',
      );
  });

  it('is refused when it has another size', () => {
    expect(() => checkCompressedFrame(encoding, whole, { rows: 32, columns: 40 })).toThrow(
      'Its compressed pixels are 32 x 32, and its header says 40 x 32.',
    );
  });
});
