import { FINGERPRINT_BYTES, fingerprintOf } from '../fingerprint';
import type { Volume } from '../volume';
import { LANDMARK_WORDS, MOST_LANDMARKS, NO_OCTANT, type Landmarks } from './landmarks';
import { studyOf, type Relief } from './relief';

/*
 * A portrait: what a scan looks like, kept with it to find copies. Little-endian.
 *
 *   480 bytes   fingerprint (src/imaging/fingerprint): all that version 1 had
 *   1           version, 2
 *   1 1 1       cells along i and j, and slices of the relief
 *   4           millimetres of a cell, float32
 *   2 2         number of landmarks; 0
 *   24 each     landmarks: x, y (int16, 1/128 of a cell), octant, other octant, level, 0, four words
 *   the rest    the relief's cells, int8
 */
const VERSION = 2;
const HEADER = FINGERPRINT_BYTES + 12;
const EACH = 24;
const FINE = 128;
/** The first bytes of a portrait have everything but the relief. */
export const PORTRAIT_HEAD_BYTES = HEADER + EACH * MOST_LANDMARKS;

/** The portrait of a volume: its fingerprint, landmarks and relief in one array of some 30 kB. */
export function portraitOf(volume: Volume): Uint8Array {
  const { relief, landmarks } = studyOf(volume);
  const bytes = new Uint8Array(HEADER + EACH * landmarks.count + relief.cells.length);
  const view = new DataView(bytes.buffer);
  bytes.set(fingerprintOf(volume));
  bytes.set([VERSION, ...relief.dims], FINGERPRINT_BYTES);
  view.setFloat32(FINGERPRINT_BYTES + 4, relief.step, true);
  view.setUint16(FINGERPRINT_BYTES + 8, landmarks.count, true);
  for (let n = 0, at = HEADER; n < landmarks.count; n++, at += EACH) {
    view.setInt16(at, Math.round(((landmarks.x[n] ?? 0) * FINE) / relief.step), true);
    view.setInt16(at + 2, Math.round(((landmarks.y[n] ?? 0) * FINE) / relief.step), true);
    bytes.set(
      [
        landmarks.octant[n] ?? 0,
        landmarks.otherOctant[n] ?? NO_OCTANT,
        (landmarks.step[n] ?? 0) > relief.step * 1.2 ? 1 : 0,
      ],
      at + 4,
    );
    for (let word = 0; word < LANDMARK_WORDS; word++)
      view.setUint32(at + 8 + 4 * word, landmarks.words[LANDMARK_WORDS * n + word] ?? 0, true);
  }
  bytes.set(new Uint8Array(relief.cells.buffer), HEADER + EACH * landmarks.count);
  return bytes;
}

/** Whether these bytes are a portrait of this version, and not what an earlier one kept. */
export function isPortrait(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER && bytes[FINGERPRINT_BYTES] === VERSION;
}

/** @param bytes of a portrait, at least its first {@link PORTRAIT_HEAD_BYTES}; an earlier version has no landmarks */
export function landmarksIn(bytes: Uint8Array): Landmarks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const step = isPortrait(bytes) ? view.getFloat32(FINGERPRINT_BYTES + 4, true) : 1;
  const count = isPortrait(bytes) ? view.getUint16(FINGERPRINT_BYTES + 8, true) : 0;
  const landmarks = {
    count,
    x: new Float32Array(count),
    y: new Float32Array(count),
    step: new Float32Array(count),
    octant: new Uint8Array(count),
    otherOctant: new Uint8Array(count),
    words: new Uint32Array(LANDMARK_WORDS * count),
  };
  for (let n = 0, at = HEADER; n < count; n++, at += EACH) {
    landmarks.x[n] = (view.getInt16(at, true) * step) / FINE;
    landmarks.y[n] = (view.getInt16(at + 2, true) * step) / FINE;
    landmarks.octant[n] = view.getUint8(at + 4);
    landmarks.otherOctant[n] = view.getUint8(at + 5);
    landmarks.step[n] = view.getUint8(at + 6) === 1 ? step * Math.SQRT2 : step;
    for (let word = 0; word < LANDMARK_WORDS; word++)
      landmarks.words[LANDMARK_WORDS * n + word] = view.getUint32(at + 8 + 4 * word, true);
  }
  return landmarks;
}

/** @param bytes a whole portrait */
export function reliefIn(bytes: Uint8Array): Relief {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = (n: number) => bytes[FINGERPRINT_BYTES + n] ?? 0;
  const start = HEADER + EACH * view.getUint16(FINGERPRINT_BYTES + 8, true);
  const cells = new Int8Array(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  return { dims: [at(1), at(2), at(3)], step: view.getFloat32(FINGERPRINT_BYTES + 4, true), cells };
}
