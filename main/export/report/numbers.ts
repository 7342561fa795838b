/** A number with `digits` decimals and a true minus sign; an en dash where it does not exist. */
export function decimal(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined) return '–';
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** "0.021 to 0.053", or an en dash. */
export function range(interval: readonly [number, number] | null | undefined, digits = 3): string {
  return interval ? `${decimal(interval[0], digits)} to ${decimal(interval[1], digits)}` : '–';
}

/** "1 patient", "5 patients". */
export function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}

/** Year, month and day of an ISO 8601 date. */
export function day(iso: string): string {
  return iso.slice(0, 10);
}

/** "12 s", "3.5 min", "2.1 h". */
export function duration(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6000) return `${(seconds / 60).toFixed(1)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
