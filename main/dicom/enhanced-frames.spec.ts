/** Enhanced multi-frame MR (and CT), 4-D series in one file: each frame's facts, and the volumes that they make. */
import { describe, expect, it } from 'vitest';
import { assembleSeries } from '#src/imaging/series-assembly';
import { expectedOf, fixtureFields } from '#main/testing/dicom-fixture';
import { framesOf } from './frames-of';

const expected = expectedOf('frames') as Record<
  string,
  { readonly positions: readonly (readonly [number, number, number])[] }
>;
const facts = (name: string) => framesOf(fixtureFields(`frames/${name}`));

describe('enhanced multi-frame MR', () => {
  it.each(['enhanced-cine', 'enhanced-ct', 'enhanced-mr', 'legacy-ct'])(
    'has its frames where dcm2niix or highdicom puts them: %s',
    (name) => {
      const frames = facts(name);
      const { positions } = expected[name] ?? { positions: [] };
      expect(frames.map(({ frame }) => frame)).toEqual(positions.map((_, n) => n));
      for (const [n, { position }] of frames.entries())
        position?.forEach((value, axis) => {
          expect(value).toBeCloseTo(positions[n]?.[axis] ?? NaN, 3);
        });
    },
  );

  it('says of each frame what the shared and its own functional groups say', () => {
    const frames = facts('enhanced-cine');
    const middle = frames[3];
    expect(middle).toMatchObject({
      frame: 3,
      tile: null,
      rows: 6,
      columns: 8,
      pixelSpacing: [2.5, 2],
      sliceThickness: 4.2,
      temporalPosition: 2,
      triggerTime: 425,
      acquisitionNumber: 5,
      acquisitionTime: ((10 * 60 + 11) * 60 + 12.35) * 1000,
      contentTime: ((10 * 60 + 11) * 60 + 12.5) * 1000,
      echoTime: 1.5,
      inversionTime: 280,
      flipAngle: 12,
      bValue: null,
      gradient: null,
      imageType: 'ORIGINAL\\PRIMARY\\M\\NONE',
      complexPart: 'magnitude',
      slope: 1.75,
      intercept: -3,
      window: { centre: 103, width: 203 },
    });
    expect(frames.map(({ slope }) => slope)).toEqual([1, 1.25, 1.5, 1.75, 2, 2.25]);
  });

  it.each(['open', 'implicit', 'deflated', 'big-endian'])(
    'reads the same in other encodings: %s',
    (encoding) => {
      expect(facts(`enhanced-cine-${encoding}`)).toEqual(facts('enhanced-cine'));
    },
  );

  it('makes one volume for each phase of a 4-D series in one file', () => {
    const { volumes, refused } = assembleSeries(facts('enhanced-cine'));
    expect(refused).toEqual([]);
    expect(volumes.map(({ phase, warnings }) => [phase, warnings])).toEqual([
      [0, []],
      [1, []],
    ]);
    expect(volumes.map(({ slices }) => slices.map((slice) => slice?.frame))).toEqual([
      [0, 2, 4],
      [1, 3, 5],
    ]);
  });

  it('knows b value and gradient of each frame: none for b 0 and trace', () => {
    const frames = facts('enhanced-diffusion');
    expect(frames.map(({ bValue }) => bValue)).toEqual([0, 0, 1000, 1000, 1000, 1000, 1000, 1000]);
    expect(frames.map(({ gradient }) => gradient)).toEqual([
      ...[null, null],
      ...[
        [0.6, 0, 0.8],
        [0.6, 0, 0.8],
      ].map((vector) => vector.map((x) => expect.closeTo(x, 6) as number)),
      ...[
        [0, -0.6, 0.8],
        [0, -0.6, 0.8],
      ].map((vector) => vector.map((x) => expect.closeTo(x, 6) as number)),
      ...[null, null],
    ]);
  });

  it.each(['philips', 'philips-implicit', 'philips-unknown'])(
    "takes from Philips' copy of the classic header what the groups do not say: %s",
    (name) => {
      const frames = facts(name);
      expect(frames.map(({ complexPart }) => complexPart)).toEqual([
        'magnitude',
        'phase',
        'magnitude',
        'phase',
      ]);
      expect(frames.map(({ echoTime }) => echoTime)).toEqual([2.5, 4.5, 2.5, 4.5]);
      expect(frames.map(({ instanceNumber }) => instanceNumber)).toEqual([10, 11, 12, 13]);
      expect(frames.map(({ bValue }) => bValue)).toEqual([700, 700, 700, 700]);
      expect(frames[0]?.gradient?.[1]).toBeCloseTo(-0.6, 6);
      // The group says 7.23e75.
      expect(frames.map(({ triggerTime }) => triggerTime)).toEqual([120, 120, 120, 120]);
      // The copy has a position of its own, which differs from the public one.
      expect(frames[0]?.position).toEqual([-30, -20, 40]);
    },
  );

  it('tells frames apart by a dimension that no other element repeats', () => {
    const frames = facts('enhanced-perfusion');
    // Stored as slice, label, time; ranked by time, then label.
    expect(frames.map(({ temporalPosition }) => temporalPosition)).toEqual([1, 3, 2, 4, 1, 3, 2, 4]);
    const { volumes } = assembleSeries(frames);
    expect(volumes.map(({ phase, slices }) => [phase, slices.map((slice) => slice?.frame)])).toEqual([
      [0, [0, 4]],
      [1, [2, 6]],
      [2, [1, 5]],
      [3, [3, 7]],
    ]);
  });

  it('takes the rescaling and the first window that all frames of a CT share', () => {
    for (const frame of facts('enhanced-ct'))
      expect(frame).toMatchObject({
        slope: 1,
        intercept: -1024,
        window: { centre: 40, width: 400 },
        complexPart: null,
      });
  });

  it('reads the classic elements that a legacy conversion kept', () => {
    const frames = facts('legacy-mr');
    expect(frames.map(({ triggerTime }) => triggerTime)).toEqual([25, 425, 25, 425, 25, 425]);
    expect(frames.map(({ instanceNumber }) => instanceNumber)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(frames[0]).toMatchObject({ echoTime: 1.5, flipAngle: 12, complexPart: 'magnitude' });
    expect(assembleSeries(frames).volumes.map(({ phase, slices }) => [phase, slices.length])).toEqual([
      [0, 3],
      [1, 3],
    ]);
  });

  it('is refused when it describes another number of frames than it names', () => {
    expect(() => facts('enhanced-damaged')).toThrow(/names 6 frames but describes 4/u);
  });
});
