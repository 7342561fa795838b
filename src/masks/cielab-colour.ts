/** CIE standard illuminant D65, the white of sRGB. */
const WHITE = [0.95047, 1, 1.08883] as const;

/**
 * A CIELab colour as `#rrggbb` (sRGB), clipped to what a screen shows. DICOM names D50 as its white, but what programs
 * write (dcmqi, highdicom) is made with D65, so that is what is read.
 *
 * @param lightness 0 to 100
 * @param a green (-128) to red (127)
 * @param b blue (-128) to yellow (127)
 */
export function cielabColour(lightness: number, a: number, b: number): string {
  const fy = (lightness + 16) / 116;
  const xyz = [fy + a / 500, fy, fy - b / 200].map(
    (f, n) => (WHITE[n] ?? 1) * (f > 6 / 29 ? f ** 3 : 3 * (6 / 29) ** 2 * (f - 4 / 29)),
  );
  const [x = 0, y = 0, z = 0] = xyz;
  return rgbColour([
    screen(3.2404542 * x - 1.5371385 * y - 0.4985314 * z),
    screen(-0.969266 * x + 1.8760108 * y + 0.041556 * z),
    screen(0.0556434 * x - 0.2040259 * y + 1.0572252 * z),
  ]);
}

/** Red, green and blue from 0 to 255 as `#rrggbb`. */
export function rgbColour(channels: readonly [number, number, number]): string {
  const hex = (channel: number) =>
    Math.round(Math.min(255, Math.max(0, channel)))
      .toString(16)
      .padStart(2, '0');
  return `#${channels.map(hex).join('')}`;
}

/** Linear light (0 to 1) to an sRGB channel (0 to 255). */
const screen = (linear: number) =>
  255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055);
