import { describe, expect, it } from 'vitest';
import { checkCompressedFrame } from './compressed-frame';
import { codecFixture, encodedFramesOf } from './testing/codec-fixtures';

/** The only frame of a fixture. */
function frameOf(name: string): Uint8Array {
  const [frame] = encodedFramesOf(codecFixture(name));
  if (frame === undefined) throw new Error(name);
  return frame;
}

const size = { rows: 30, columns: 28, bitsAllocated: 16 } as const;

describe.each([
  ['jpeg', 'jpeg-baseline', 8, true],
  ['jpeg', 'jpeg-extended', 12, true],
  ['jpeg', 'jpeg-lossless-twelve', 12, false],
  ['jpeg', 'jpeg-lossless-predictor-6', 16, false],
  ['jpeg-ls', 'jpeg-ls-twelve', 12, false],
  ['jpeg-ls', 'jpeg-ls-near-2', 8, true],
  ['jpeg2000', 'jpeg-2000-twelve', 12, false],
  ['jpeg2000', 'jpeg-2000-lossy', 12, true],
  ['jpeg2000', 'htj2k-sixteen', 16, false],
  ['jpeg2000', 'htj2k-rpcl', 16, false],
  ['jpeg2000', 'htj2k-lossy', 16, true],
] as const)('a %s frame: %s', (encoding, name, bits, lossy) => {
  const padded = frameOf(name);
  const whole = padded.subarray(0, padded.findLastIndex((byte) => byte !== 0) + 1);

  it('says what it is, with padding or without', () => {
    const format = { rows: 30, columns: 28, bits, components: 1, lossy };
    expect(checkCompressedFrame(encoding, whole, size)).toEqual(format);
    expect(checkCompressedFrame(encoding, Buffer.concat([whole, Buffer.alloc(3)]), size)).toEqual(format);
  });

  it('is refused when it is cut off anywhere', () => {
    for (let length = 0; length < whole.length; length++)
      expect(() => checkCompressedFrame(encoding, whole.subarray(0, length), size)).toThrow(
        'Its compressed pixels are damaged or cut off.',
      );
  });

  it('is refused when bytes of it are missing in the middle', () => {
    // JPEG has no lengths behind its headers: there the decoder finds out.
    if (encoding !== 'jpeg2000') return;
    const middle = whole.length >> 1;
    const short = Buffer.concat([whole.subarray(0, middle), whole.subarray(middle + 7)]);
    expect(() => checkCompressedFrame(encoding, short, size)).toThrow('damaged or cut off');
  });

  it('is refused when it has another size', () => {
    expect(() => checkCompressedFrame(encoding, whole, { ...size, columns: 40 })).toThrow(
      'Its compressed pixels are 28 x 30, and its header says 40 x 30.',
    );
  });
});

describe('a frame that does not fit its header', () => {
  it('is refused when its samples are wider than the words for them', () => {
    expect(() =>
      checkCompressedFrame('jpeg', frameOf('jpeg-extended'), { ...size, bitsAllocated: 8 }),
    ).toThrow('Its compressed pixels have 12 bits, and its header says 8.');
  });

  it('is refused when its samples are wider than the decoders can write', () => {
    const wide = frameOf('jpeg-2000-sixteen');
    // Ssiz: bits less one.
    wide[42] = 19;
    expect(() => checkCompressedFrame('jpeg2000', wide, { ...size, bitsAllocated: 32 })).toThrow(
      'Its compressed pixels have 20 bits, and up to 16 are read: store it uncompressed',
    );
  });

  it('is refused when it is in colour', () => {
    const coloured = frameOf('jpeg-2000-eight');
    coloured[41] = 3;
    expect(() => checkCompressedFrame('jpeg2000', coloured, size)).toThrow('have 3 colours');
  });
});
