import type { Vector3 } from '#src/imaging/geometry';
import { decodeText } from './character-sets';

/** Where the value of an element lies. */
export interface ValuePlace {
  readonly start: number;
  readonly length: number;
}

/**
 * Typed access to the elements of a header, whichever parser found them. Tags are written as dicom-parser does:
 * `x00280010`. Nothing here throws: an absent or malformed value is null or empty, because real files hold both.
 */
export abstract class ElementFields {
  readonly #bytes: Buffer;
  readonly #littleEndian: boolean;
  #characterSets: readonly string[] | null = null;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = littleEndian;
  }

  /** The value of an element of the top level; null when it is absent, empty or a sequence. */
  protected abstract placeOf(tag: string): ValuePlace | null;

  /** Whether the element is there, even without a value. */
  abstract has(tag: string): boolean;

  /** Values of code-like elements (CS, UI, DA, TM, IS): ASCII without padding; '' when absent. */
  code(tag: string): string {
    const place = this.placeOf(tag);
    if (place === null) return '';
    const text = this.#bytes.toString('latin1', place.start, place.start + place.length);
    const end = text.indexOf('\0');
    return (end < 0 ? text : text.slice(0, end)).trim();
  }

  /** Text (PN, LO, SH) in the file's character set; '' when absent. */
  text(tag: string): string {
    const bytes = this.bytes(tag);
    if (bytes === null) return '';
    this.#characterSets ??= this.code('x00080005').split('\\');
    return decodeText(bytes, this.#characterSets);
  }

  /** The bytes of a value, a view; null when absent. */
  bytes(tag: string): Uint8Array | null {
    const place = this.placeOf(tag);
    return place === null ? null : this.#bytes.subarray(place.start, place.start + place.length);
  }

  /** All numbers of a DS or IS element; NaN where a value is malformed. */
  numbers(tag: string): number[] {
    const text = this.code(tag);
    return text === '' ? [] : text.split('\\').map((value) => (value.trim() === '' ? NaN : Number(value)));
  }

  /** The first number of a DS or IS element; null when absent or malformed. */
  number(tag: string): number | null {
    const text = this.code(tag);
    if (text === '') return null;
    const end = text.indexOf('\\');
    const first = (end < 0 ? text : text.slice(0, end)).trim();
    const value = first === '' ? NaN : Number(first);
    return Number.isFinite(value) ? value : null;
  }

  vector(tag: string, from = 0): Vector3 | null {
    const [x, y, z] = this.numbers(tag).slice(from, from + 3);
    if (x === undefined || y === undefined || z === undefined) return null;
    return [x, y, z].every(Number.isFinite) ? [x, y, z] : null;
  }

  /** An unsigned 16-bit number (US); null when absent. */
  short(tag: string): number | null {
    const place = this.placeOf(tag);
    if (place === null || place.length < 2) return null;
    return this.#littleEndian ? this.#bytes.readUInt16LE(place.start) : this.#bytes.readUInt16BE(place.start);
  }

  /** The double (FD) at `index`; null when absent. */
  double(tag: string, index = 0): number | null {
    const place = this.placeOf(tag);
    if (place === null || place.length < 8 * (index + 1)) return null;
    const at = place.start + 8 * index;
    return this.#littleEndian ? this.#bytes.readDoubleLE(at) : this.#bytes.readDoubleBE(at);
  }

  /** The single-precision number (FL) at `index`; null when absent. */
  float(tag: string, index = 0): number | null {
    const place = this.placeOf(tag);
    if (place === null || place.length < 4 * (index + 1)) return null;
    const at = place.start + 4 * index;
    return this.#littleEndian ? this.#bytes.readFloatLE(at) : this.#bytes.readFloatBE(at);
  }

  /** Milliseconds of the day of a TM element (HHMMSS.ffffff, also with colons); null when absent or malformed. */
  timeOfDay(tag: string): number | null {
    return timeOfDay(this.code(tag));
  }
}

/** Milliseconds of the day of a TM value (HHMMSS.ffffff, also with colons); null when it is none. */
export function timeOfDay(text: string): number | null {
  const match = /^(\d\d):?(\d\d)?:?(\d\d(?:\.\d+)?)?/u.exec(text);
  if (match === null) return null;
  const [hours, minutes, seconds] = [match[1], match[2], match[3]].map((part) => Number(part ?? 0));
  return ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
}
