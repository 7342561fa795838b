/** Siemens mosaic: the slices lie where dcm2niix puts them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureFields } from '#main/testing/dicom-fixture';
import { framesOf } from './frames-of';
import { csaNumbers, parseCsaHeader } from './siemens-csa';
import { isMosaic, mosaicFrames } from './siemens-mosaic';

interface Expected {
  readonly positions: readonly (readonly [number, number, number])[];
  readonly csa?: Readonly<Record<string, readonly number[]>>;
}
const expected = expectedOf('frames') as Record<string, Expected>;
const mosaics = Object.keys(expected).filter((name) => name.startsWith('mosaic'));

describe('Siemens mosaic', () => {
  it.each(mosaics)('puts its slices where dcm2niix puts them: %s', (name) => {
    const frames = framesOf(fixtureFields(`frames/${name}`));
    const { positions } = expected[name] ?? { positions: [] };
    expect(frames).toHaveLength(positions.length);
    for (const [n, { position }] of frames.entries())
      position?.forEach((value, axis) => {
        expect(value).toBeCloseTo(positions[n]?.[axis] ?? NaN, 3);
      });
  });

  it('names the part of the frame that each slice is, row by row of a square grid', () => {
    const frames = framesOf(fixtureFields('frames/mosaic-axial'));
    expect(frames.map(({ tile }) => [tile?.left, tile?.top])).toEqual([
      [0, 0],
      [8, 0],
      [16, 0],
      [0, 6],
      [8, 6],
    ]);
    for (const frame of frames)
      expect(frame).toMatchObject({
        frame: 0,
        rows: 6,
        columns: 8,
        tile: { frameColumns: 24 },
        pixelSpacing: [2.5, 2],
        sliceThickness: 4.2,
        instanceNumber: 3,
        acquisitionNumber: 4,
        echoTime: 30,
        flipAngle: 78,
        complexPart: 'magnitude',
      });
  });

  it('is no mosaic where the word is left over in a multi-frame file', () => {
    expect(isMosaic(fixtureFields('frames/mosaic-axial'))).toBe(true);
    expect(isMosaic(fixtureFields('frames/enhanced-cine'))).toBe(false);
  });

  it.each([
    ['frames/mosaic-anonymised', /whose number its header does not name.*export the series again/u],
    ['frames/mosaic-no-order', /whose order its header does not name.*export the series again/u],
  ])('is refused rather than guessed at: %s', (name, sentence) => {
    expect(() => framesOf(fixtureFields(name))).toThrow(sentence);
  });

  it('is refused where its matrix does not divide into the tiles', () => {
    expect(() => mosaicFrames(fixtureFields('frames/mosaic-axial'), 18, 25)).toThrow(
      /mosaic of 5 slices, but 25 x 18 pixels do not divide into 3 x 3 tiles/u,
    );
  });
});

describe('a CSA header', () => {
  const bytes = fixtureFields('frames/mosaic-axial').bytes('x00291010') ?? new Uint8Array();

  it('has the values that nibabel reads', () => {
    const header = parseCsaHeader(bytes);
    const values = Object.entries(expected['mosaic-axial']?.csa ?? {});
    expect(values).toHaveLength(3);
    for (const [name, numbers] of values) expect(csaNumbers(header, name)).toEqual(numbers);
  });

  it('is read up to where it is cut off, wherever that is', () => {
    const whole = parseCsaHeader(bytes);
    for (let end = 0; end < bytes.length; end++)
      for (const [name, values] of parseCsaHeader(bytes.slice(0, end)))
        expect(whole.get(name)).toEqual(values);
  });

  it('is empty for bytes that are none', () => {
    expect(parseCsaHeader(readFileSync('main/dicom/fixtures/explicit.dcm')).size).toBe(0);
    expect(parseCsaHeader(new Uint8Array(64).fill(0xff)).size).toBe(0);
  });
});
