/** Colours as highdicom 0.28 converts them. */
import { expect, it } from 'vitest';
import { cielabColour, rgbColour } from './cielab-colour';

it.each([
  [50, 34, 12.4, [177, 95, 99]],
  [74.9324788281071, 23.93942168306, 78.9563134206, [255, 165, 0]],
  [81.2664988174258, -44.07782101167315, -4.035019455252922, [64, 224, 208]],
  [0, 0, 0, [0, 0, 0]],
  [100, 0, 0, [255, 255, 255]],
] as const)('L* %d, a* %d, b* %d is the colour that highdicom shows', (lightness, a, b, expected) => {
  const colour = cielabColour(lightness, a, b);
  expected.forEach((channel, n) => {
    expect(Math.abs(parseInt(colour.slice(1 + 2 * n, 3 + 2 * n), 16) - channel)).toBeLessThanOrEqual(1);
  });
});

it('a colour that no screen shows is clipped', () => {
  expect(cielabColour(87.7, -127, 127)).toMatch(/^#00[0-9a-f]{2}00$/u);
  expect(rgbColour([-4, 12.4, 300])).toBe('#000cff');
});
