/** Every transfer syntax that is read gives the pixels that pydicom reads, for every kind of pixel it may hold. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { quietContext } from '#main/jobs/context';
import { decodeFrame } from './codecs';
import { eachVolume } from './load-volumes';
import {
  CODEC_FIXTURES,
  encodedFramesOf,
  farthest,
  pydicomPixels,
  sha256Of,
  sourceOf,
  valuesOf,
} from './testing/codec-fixtures';
import { TRANSFER_SYNTAXES, unreadSyntaxSentence } from './transfer-syntaxes';

const FIXTURES = 'main/dicom/fixtures';
const whole = JSON.parse(readFileSync(`${FIXTURES}/expected.json`, 'utf8')) as Readonly<
  Record<string, { readonly transferSyntax: string; readonly sha256: string }>
>;
const syntaxes = [...TRANSFER_SYNTAXES].map(([uid, { name, pixels }]) => ({ uid, name, pixels }));

describe.each(syntaxes.filter(({ pixels }) => pixels === 'native'))('$name', ({ uid }) => {
  const files = Object.entries(whole).filter(([, { transferSyntax }]) => transferSyntax === uid);

  it('gives the pixels that pydicom reads', async () => {
    expect(files).not.toEqual([]);
    for (const [name, { sha256 }] of files) {
      const found: string[] = [];
      for await (const item of eachVolume([`${FIXTURES}/${name}.dcm`], quietContext()))
        found.push('volume' in item ? sha256Of(item.volume.volume.samples) : item.leftOut.reason);
      expect([name, found]).toEqual([name, [sha256]]);
    }
  });
});

describe.each(syntaxes.filter(({ pixels }) => pixels !== 'native'))('$name', ({ uid }) => {
  const files = CODEC_FIXTURES.filter(({ transferSyntax }) => transferSyntax === uid);

  it('has files to be tested with', () => {
    expect(files).not.toEqual([]);
  });

  it.each(files)('gives the pixels that pydicom reads: $name', async (fixture) => {
    const decoded = await Promise.all(
      encodedFramesOf(fixture).map((encoded) => decodeFrame(fixture.encoding, encoded, fixture.frame)),
    );
    const { bitsAllocated } = fixture;
    expect(decoded.map(({ length }) => length)).toEqual(decoded.map(() => (30 * 28 * bitsAllocated) / 8));
    const values = decoded.map((pixels) => valuesOf(pixels, fixture));
    if (fixture.tolerance === undefined) expect(values.map(sha256Of)).toEqual(fixture.sha256);
    else
      for (const frame of values)
        expect(farthest(frame, pydicomPixels(fixture))).toBeLessThanOrEqual(fixture.tolerance);
    if (fixture.source === null) return;
    for (const frame of values)
      expect(farthest(frame, sourceOf(fixture))).toBeLessThanOrEqual(fixture.within);
  });
});

describe('the files of the codecs', () => {
  it('hold 8, 12 and 16 bits, signed and unsigned, in every lossless codec', () => {
    for (const codec of ['rle', 'jpeg-lossless', 'jpeg-ls', 'jpeg-2000', 'htj2k'])
      expect(
        CODEC_FIXTURES.filter(({ name, source }) => name === `${codec}-${source}`).map(
          ({ bitsAllocated, bitsStored, signed }) => [bitsAllocated, bitsStored, signed],
        ),
      ).toEqual([
        [8, 8, false],
        [8, 8, true],
        [16, 8, false],
        [16, 12, false],
        [16, 12, true],
        [16, 16, false],
        [16, 16, true],
      ]);
  });

  it('lose something where they are not lossless', () => {
    const lossy = CODEC_FIXTURES.filter(({ within }) => within > 0);
    expect(lossy.map(({ name }) => name)).toHaveLength(7);
    for (const fixture of lossy) expect(fixture.sha256).not.toContain(sha256Of(sourceOf(fixture)));
  });
});

describe('a transfer syntax that is not read', () => {
  it.each([
    ['1.2.840.10008.1.2.4.100', 'MPEG-2 video', 'export its pictures as single images'],
    ['1.2.840.10008.1.2.4.102', 'MPEG-4 video', 'export its pictures as single images'],
    ['1.2.840.10008.1.2.4.106.1', 'MPEG-4 video', 'export its pictures as single images'],
    ['1.2.840.10008.1.2.4.107', 'HEVC video', 'export its pictures as single images'],
    ['1.2.840.10008.1.2.7.1', 'video stream', 'export its pictures as single images'],
    ['1.2.840.10008.1.2.4.94', 'JPIP', 'fetch the whole image'],
    ['1.2.840.10008.1.2.4.205', 'JPIP', 'fetch the whole image'],
    ['1.2.840.10008.1.2.4.110', 'JPEG XL', 'export it uncompressed'],
    ['1.2.840.10008.1.2.4.92', 'JPEG 2000 in several components', 'export it uncompressed'],
    ['1.2.840.10008.1.2.4.55', 'retired JPEG', 'gdcmconv --raw'],
    ['1.2.840.10008.1.2.1.98', 'encapsulated uncompressed', 'gdcmconv --raw'],
    ['1.2.840.10008.1.2.8.1', 'deflated frames', 'gdcmconv --raw'],
  ])('is named, with a remedy: %s', (uid, name, remedy) => {
    expect(TRANSFER_SYNTAXES.has(uid)).toBe(false);
    const sentence = unreadSyntaxSentence(uid);
    expect(sentence).toContain(`Unsupported transfer syntax (${name}, ${uid}): `);
    expect(sentence).toContain(remedy);
    expect(sentence).toMatch(/\.$/u);
  });

  it('is shown by its number when nobody knows it', () => {
    for (const uid of ['1.2.840.10008.1.2.4.999', '1.2.3.4.100'])
      expect(unreadSyntaxSentence(uid)).toMatch(
        `Unsupported transfer syntax (${uid}): store it uncompressed`,
      );
  });
});
