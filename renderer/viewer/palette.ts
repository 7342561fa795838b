import type { Label } from '#src/registry/records';

/** A colour of each label number: as a CSS colour and as the bytes of a canvas pixel. */
export interface Palette {
  readonly css: readonly string[];
  /** 256 values, 0xAABBGGRR (little-endian RGBA); 0 is transparent. */
  readonly pixels: Uint32Array;
}

/** Palette from label numbers to `#rrggbb`; numbers without a colour are grey. */
export function paletteOf(labels: readonly Pick<Label, 'label' | 'colour'>[]): Palette {
  const css = Array.from({ length: 256 }, () => '#999999');
  for (const { label, colour } of labels) css[label] = colour;
  const pixels = Uint32Array.from(css, (colour) => {
    const value = Number.parseInt(colour.slice(1), 16);
    return (0xff000000 | ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
  });
  pixels[0] = 0;
  return { css, pixels };
}
