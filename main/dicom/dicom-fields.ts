import type { DataSet } from 'dicom-parser';
import type { Vector3 } from '#src/imaging/geometry';
import { decodeText } from './character-sets';

/**
 * Typed access to the elements of a parsed header. Nothing here throws: an absent or malformed value is null or empty,
 * because real files hold both.
 */
export class DicomFields {
  readonly #characterSets: readonly string[];

  /** @param around the data set that holds this one, whose character set counts here too */
  constructor(
    readonly dataSet: DataSet,
    around?: DicomFields,
  ) {
    const own = this.code('x00080005');
    this.#characterSets = own === '' && around !== undefined ? around.#characterSets : own.split('\\');
  }

  /** The items of a sequence; none when it is absent. */
  items(tag: string): DicomFields[] {
    return (this.dataSet.elements[tag]?.items ?? []).flatMap(({ dataSet }) =>
      dataSet === undefined ? [] : [new DicomFields(dataSet, this)],
    );
  }

  /** The first item of a sequence. */
  item(tag: string): DicomFields | undefined {
    return this.items(tag)[0];
  }

  /** Values of code-like elements (CS, UI, DA, TM, IS): ASCII without padding; '' when absent. */
  code(tag: string): string {
    try {
      return (this.dataSet.string(tag) ?? '').replace(/\0/gu, '').trim();
    } catch {
      return '';
    }
  }

  /** Text (PN, LO, SH) in the file's character set; '' when absent. */
  text(tag: string): string {
    const element = this.dataSet.elements[tag];
    if (element === undefined || element.length <= 0) return '';
    const start = element.dataOffset;
    return decodeText(
      this.dataSet.byteArray.subarray(start, start + element.length) as Uint8Array,
      this.#characterSets,
    );
  }

  /** All numbers of a DS or IS element; NaN where a value is malformed. */
  numbers(tag: string): number[] {
    const text = this.code(tag);
    return text === '' ? [] : text.split('\\').map((value) => (value.trim() === '' ? NaN : Number(value)));
  }

  /** The first number of a DS or IS element; null when absent or malformed. */
  number(tag: string): number | null {
    const [value] = this.numbers(tag);
    return value === undefined || !Number.isFinite(value) ? null : value;
  }

  vector(tag: string, from = 0): Vector3 | null {
    const [x, y, z] = this.numbers(tag).slice(from, from + 3);
    if (x === undefined || y === undefined || z === undefined) return null;
    return [x, y, z].every(Number.isFinite) ? [x, y, z] : null;
  }

  /** An unsigned 16-bit number (US), the first or the one at `index`; null when absent. */
  short(tag: string, index = 0): number | null {
    try {
      return this.dataSet.uint16(tag, index) ?? null;
    } catch {
      return null;
    }
  }

  /** A double (FD); null when absent. */
  double(tag: string): number | null {
    try {
      return this.dataSet.double(tag) ?? null;
    } catch {
      return null;
    }
  }

  /** Milliseconds of the day of a TM element (HHMMSS.ffffff, also with colons); null when absent or malformed. */
  timeOfDay(tag: string): number | null {
    const match = /^(\d\d):?(\d\d)?:?(\d\d(?:\.\d+)?)?/u.exec(this.code(tag));
    if (match === null) return null;
    const [hours, minutes, seconds] = [match[1], match[2], match[3]].map((part) => Number(part ?? 0));
    return ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
  }
}
