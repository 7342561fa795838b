import { expect, it } from 'vitest';
import { paletteOf } from './palette';

it('keeps background transparent and puts red first in memory', () => {
  const palette = paletteOf([{ label: 2, colour: '#e69f00' }]);
  expect([...new Uint8Array(palette.pixels.buffer, 8, 4)]).toEqual([0xe6, 0x9f, 0x00, 0xff]);
  expect(palette.pixels[0]).toBe(0);
  expect(palette.css[2]).toBe('#e69f00');
});
