import { expect, it } from 'vitest';
import { fingerprintOf } from '../fingerprint';
import { isPortrait, landmarksIn, PORTRAIT_HEAD_BYTES, portraitOf, reliefIn } from './portrait';
import { pictureOf, volumeOf } from './testing/picture';
import { studyOf } from './relief';

const volume = volumeOf(pictureOf(1));
const portrait = portraitOf(volume);

it('a portrait keeps fingerprint, landmarks and relief', () => {
  const { relief, landmarks } = studyOf(volume);
  expect(portrait.subarray(0, 480)).toEqual(fingerprintOf(volume));
  expect(reliefIn(portrait)).toEqual({ ...relief, step: Math.fround(relief.step) });
  const kept = landmarksIn(portrait.subarray(0, PORTRAIT_HEAD_BYTES));
  expect(kept.count).toBeGreaterThan(50);
  expect([kept.count, kept.words, kept.octant, kept.otherOctant]).toEqual([
    landmarks.count,
    landmarks.words,
    landmarks.octant,
    landmarks.otherOctant,
  ]);
  for (let n = 0; n < kept.count; n++) {
    expect(kept.x[n]).toBeCloseTo(landmarks.x[n] ?? NaN, 1);
    expect(kept.y[n]).toBeCloseTo(landmarks.y[n] ?? NaN, 1);
    expect(kept.step[n]).toBeCloseTo(landmarks.step[n] ?? NaN, 5);
  }
});

it('what version 1 kept is no portrait and has no landmarks', () => {
  const old = fingerprintOf(volume);
  expect([isPortrait(portrait), isPortrait(old), isPortrait(new Uint8Array())]).toEqual([true, false, false]);
  expect(landmarksIn(old).count).toBe(0);
});

it('the thinnest volumes and those without content have one', () => {
  for (const odd of [volumeOf(() => 3, [1, 1, 1]), volumeOf(() => NaN), volumeOf((i) => i, [300, 2, 40])])
    expect(landmarksIn(portraitOf(odd)).count).toBe(0);
});
