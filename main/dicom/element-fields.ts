import type { Vector3 } from '#src/imaging/geometry';
import { decodeText } from './character-sets';

/** Where the value of an element lies. */
export interface ValuePlace {
  readonly start: number;
  readonly length: number;
}

/** Value representations whose values are numbers, not text. */
export type BinaryVr = 'FD' | 'FL' | 'US' | 'SS' | 'UL' | 'SL';

const BINARY_BYTES: Readonly<Record<BinaryVr, number>> = { FD: 8, FL: 4, US: 2, SS: 2, UL: 4, SL: 4 };
const READERS: Readonly<Record<BinaryVr, (view: DataView, at: number, littleEndian: boolean) => number>> = {
  FD: (view, at, littleEndian) => view.getFloat64(at, littleEndian),
  FL: (view, at, littleEndian) => view.getFloat32(at, littleEndian),
  US: (view, at, littleEndian) => view.getUint16(at, littleEndian),
  SS: (view, at, littleEndian) => view.getInt16(at, littleEndian),
  UL: (view, at, littleEndian) => view.getUint32(at, littleEndian),
  SL: (view, at, littleEndian) => view.getInt32(at, littleEndian),
};

/**
 * Typed access to the elements of a header, whichever parser found them. Tags are written as dicom-parser does:
 * `x00280010`. Nothing here throws: an absent or malformed value is null or empty, because real files hold both.
 */
export abstract class ElementFields {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  readonly #inherited: readonly string[] | null;
  #characterSets: readonly string[] | null = null;

  /** @param characterSets those of the data set around this one, for items of sequences */
  constructor(bytes: Uint8Array, littleEndian: boolean, characterSets: readonly string[] | null = null) {
    this.#inherited = characterSets;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = littleEndian;
  }

  /** The value of an element of the top level; null when it is absent, empty or a sequence. */
  protected abstract placeOf(tag: string): ValuePlace | null;

  /** Whether the element is there, even without a value. */
  abstract has(tag: string): boolean;

  /** The value representation that the file names for an element; null when it names none. */
  abstract vr(tag: string): string | null;

  /** The items of a sequence, [] when it is absent or unreadable. */
  abstract items(tag: string): readonly ElementFields[];

  /** Tags of the elements (gggg,0010) to (gggg,00ff), which reserve blocks for private elements of their group. */
  abstract creatorTags(group: string): readonly string[];

  /** Bytes of a value; 0 when the element is absent. */
  valueLength(tag: string): number {
    return this.placeOf(tag)?.length ?? 0;
  }

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
    return decodeText(bytes, this.characterSets);
  }

  /** Values of Specific Character Set (0008,0005), which items of sequences inherit. */
  protected get characterSets(): readonly string[] {
    if (this.#characterSets === null) {
      const own = this.code('x00080005');
      this.#characterSets = own === '' && this.#inherited !== null ? this.#inherited : own.split('\\');
    }
    return this.#characterSets;
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

  /** The unsigned 16-bit number (US) at `index`; null when absent. */
  short(tag: string, index = 0): number | null {
    return this.binary(tag, 'US', index);
  }

  /** The double (FD) at `index`; null when absent. */
  double(tag: string, index = 0): number | null {
    return this.binary(tag, 'FD', index);
  }

  /** The binary number at `index` of a value; null when the value is shorter. */
  binary(tag: string, vr: BinaryVr, index = 0): number | null {
    const place = this.placeOf(tag);
    const size = BINARY_BYTES[vr];
    if (place === null || place.length < size * (index + 1)) return null;
    return READERS[vr](this.#view, place.start + size * index, this.#littleEndian);
  }

  /** Milliseconds of the day of a TM element (HHMMSS.ffffff, also with colons); null when absent or malformed. */
  timeOfDay(tag: string): number | null {
    return timeOfDay(this.code(tag));
  }
}

/** Milliseconds of the day of a TM value (HHMMSS.ffffff, also with colons); null when it is none. */
function timeOfDay(text: string): number | null {
  const match = /^(\d\d):?(\d\d)?:?(\d\d(?:\.\d+)?)?/u.exec(text);
  if (match === null) return null;
  const [hours, minutes, seconds] = [match[1], match[2], match[3]].map((part) => Number(part ?? 0));
  return ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
}
