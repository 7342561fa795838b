/** Numbers as the screens write them. What does not exist is a dash. */

const NONE = '–';

/** Dice and other shares from 0 to 1: three decimals. */
export function share(value: number | null | undefined): string {
  return value == null ? NONE : value.toFixed(3);
}

/** A signed difference of shares: `+0.041`, with a true minus sign. */
export function difference(value: number | null | undefined): string {
  if (value == null) return NONE;
  const text = Math.abs(value).toFixed(3);
  return value < 0 ? `−${text}` : `+${text}`;
}

/** A number with so many decimals. */
export function fixed(value: number | null | undefined, decimals: number): string {
  return value == null ? NONE : value.toFixed(decimals).replace('-', '−');
}

/** A measure in a narrow place: one decimal below 100, none from there on. */
export function compact(value: number | null | undefined): string {
  return fixed(value, value != null && Math.abs(value) >= 99.95 ? 0 : 1);
}

/** `256 × 256 × 12` */
export function dims(sizes: readonly number[]): string {
  return sizes.join(' × ');
}

/** Voxel size in mm: `1.37 × 1.37 × 10.0 mm`. */
export function spacing(mm: readonly number[]): string {
  return `${mm.map((size) => (size >= 9.95 ? size.toFixed(1) : size.toFixed(2))).join(' × ')} mm`;
}

/** `3 kB`, `42 MB`, `1.2 GB` */
export function bytes(size: number): string {
  if (size < 1e6) return `${Math.max(1, Math.round(size / 1e3))} kB`;
  return size < 1e9 ? `${Math.round(size / 1e6)} MB` : `${(size / 1e9).toFixed(1)} GB`;
}

/** A mean with its 95 % interval: `0.924 (0.911 to 0.937)`; signed where it is a difference. */
export function estimate(
  value: { readonly mean: number | null; readonly ci95: readonly [number, number] | null } | null,
  write: (value: number | null) => string = (number) => fixed(number, 3),
): string {
  if (value?.mean == null) return NONE;
  return value.ci95 === null
    ? `${write(value.mean)} (no interval)`
    : `${write(value.mean)} (${write(value.ci95[0])} to ${write(value.ci95[1])})`;
}

/** `42 s`, `3 min 05 s`, `2 h 10 min` */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `1 patient`, `5 patients` */
export function count(number: number, noun: string): string {
  const one = noun.endsWith('ies') ? `${noun.slice(0, -3)}y` : noun.replace(/s$/u, '');
  return `${number.toLocaleString('en')} ${number === 1 ? one : noun}`;
}
