import { expect, it } from 'vitest';
import { TURN_BETWEEN, TURNS } from './turns';

const octantOf = (angle: number) => Math.floor((((angle / (2 * Math.PI)) % 1) + 1) * 8) % 8;

it('are eight, each with a determinant of 1 or -1', () => {
  expect(new Set(TURNS.map(String)).size).toBe(8);
  for (const [a, b, c, d] of TURNS) expect(Math.abs(a * d - b * c)).toBe(1);
});

it('bring a landmark of one octant over one of the other', () => {
  for (let from = 0; from < 8; from += 1)
    for (let to = 0; to < 8; to += 1) {
      const [a, b, c, d] = TURNS[TURN_BETWEEN[8 * from + to] ?? -1] ?? [0, 0, 0, 0];
      // Off the middle of the octant, so that a mirror image is told from a turn.
      const angle = ((from + 0.5) * Math.PI) / 4;
      const [x, y] = [Math.cos(angle), Math.sin(angle)];
      expect(octantOf(Math.atan2(c * x + d * y, a * x + b * y)), `${from} to ${to}`).toBe(to);
    }
});
