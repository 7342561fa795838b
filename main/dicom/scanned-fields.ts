import { ElementFields, type ValuePlace } from './element-fields';
import {
  DEFLATED_EXPLICIT_LITTLE_ENDIAN,
  EXPLICIT_BIG_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
} from './transfer-syntaxes';

const PREAMBLE = 128;
const META_GROUP = 0x0002;
const TRANSFER_SYNTAX = 0x00020010;
const PIXEL_DATA = 0x7fe00010;
const UNDEFINED_LENGTH = 0xffffffff;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const DEEPEST = 16;
const A = 0x41;
const Z = 0x5a;

/** Value representations whose length has four bytes, after two reserved ones (PS3.5, 7.1.2). */
const LONG_FORMS = new Set(
  ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'].map(
    (vr) => (vr.charCodeAt(0) << 8) | vr.charCodeAt(1),
  ),
);

/** Length of a sequence that ends with a delimiter. */
const OPEN = -1;

/** What {@link scanElements} found: places of the elements of one level, ascending by tag. */
class ElementIndex {
  tags: Uint32Array;
  starts: Int32Array;
  /** {@link OPEN} for sequences of undefined length. */
  lengths: Int32Array;
  /** Two letters each; 0 in implicit VR. */
  vrs: Uint16Array;
  count = 0;

  constructor(size: number) {
    this.tags = new Uint32Array(size);
    this.starts = new Int32Array(size);
    this.lengths = new Int32Array(size);
    this.vrs = new Uint16Array(size);
  }

  add(tag: number, start: number, length: number, vr: number): void {
    if (this.count === this.tags.length) this.#grow();
    this.tags[this.count] = tag;
    this.starts[this.count] = start;
    this.lengths[this.count] = length;
    this.vrs[this.count] = vr;
    this.count += 1;
  }

  #grow(): void {
    const wider = <T extends Uint32Array | Int32Array | Uint16Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    const size = this.tags.length * 2;
    this.tags = wider(this.tags, new Uint32Array(size));
    this.starts = wider(this.starts, new Int32Array(size));
    this.lengths = wider(this.lengths, new Int32Array(size));
    this.vrs = wider(this.vrs, new Uint16Array(size));
  }

  /** Index of the element; -1 when it is absent. */
  find(tag: number): number {
    const at = this.from(tag);
    return at < this.count && this.tags[at] === tag ? at : -1;
  }

  /** Index of the first element from `tag` on. */
  from(tag: number): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.tags[middle] ?? 0) < tag) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** One for all files: its arrays are used again, so at most one scanned header is alive in a thread. */
const shared = new ElementIndex(512);
const tagNumbers = new Map<string, number>();

function tagNumber(tag: string): number {
  let number = tagNumbers.get(tag);
  if (number === undefined) {
    number = Number.parseInt(tag.slice(1), 16);
    tagNumbers.set(tag, number);
  }
  return number;
}

/** The elements that {@link scanDicom} has found. Good until the next header is scanned in this thread. */
export class ScannedFields extends ElementFields {
  readonly #index: ElementIndex;
  readonly #bytes: Uint8Array;

  constructor(
    bytes: Uint8Array,
    index: ElementIndex,
    readonly transferSyntax: string,
    /** Byte offset of the pixel data's value; null when the file has none. */
    readonly pixelOffset: number | null,
    characterSets: readonly string[] | null = null,
  ) {
    super(bytes, true, characterSets);
    this.#bytes = bytes;
    this.#index = index;
  }

  protected placeOf(tag: string): ValuePlace | null {
    const at = this.#index.find(tagNumber(tag));
    if (at < 0) return null;
    const length = this.#index.lengths[at] ?? 0;
    return length <= 0 ? null : { start: this.#index.starts[at] ?? 0, length };
  }

  has(tag: string): boolean {
    return this.#index.find(tagNumber(tag)) >= 0;
  }

  vr(tag: string): string | null {
    const vr = this.#index.vrs[this.#index.find(tagNumber(tag))] ?? 0;
    return vr === 0 ? null : String.fromCharCode(vr >> 8, vr & 0xff);
  }

  /** @throws Error for a sequence that {@link canRead} denies */
  items(tag: string): ScannedFields[] {
    const items = this.#items(tag);
    if (items === null) throw new Error(`the sequence ${tag} needs the full parser`);
    return items;
  }

  /** Whether the items of this sequence can be told here: it is absent, or laid out as nearly all are. */
  canRead(tag: string): boolean {
    return this.#items(tag) !== null;
  }

  #items(tag: string): ScannedFields[] | null {
    const at = this.#index.find(tagNumber(tag));
    if (at < 0) return [];
    const explicit = this.transferSyntax !== IMPLICIT_LITTLE_ENDIAN;
    if (explicit && this.vr(tag) !== 'SQ') return null;
    const start = this.#index.starts[at] ?? 0;
    const length = this.#index.lengths[at] ?? 0;
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    const found = scanItems(view, start, length === OPEN ? null : start + length, explicit);
    return (
      found?.map(
        (index) => new ScannedFields(this.#bytes, index, this.transferSyntax, null, this.characterSets),
      ) ?? null
    );
  }

  creatorTags(group: string): string[] {
    const first = tagNumber(`x${group}0010`);
    const tags: string[] = [];
    for (let at = this.#index.from(first); at < this.#index.count; at++) {
      const tag = this.#index.tags[at] ?? 0;
      if (tag > first + 0xef) break;
      tags.push(`x${tag.toString(16).padStart(8, '0')}`);
    }
    return tags;
  }
}

/**
 * Reads the top level of a DICOM header that is as nearly all are (preamble, little endian, elements in ascending
 * order), without descending into sequences before one is asked for: ten times as fast as a full parse.
 *
 * @param bytes the head of a file, or all of it
 * @returns null for every header that is not so, also when the bytes end before the pixel data: those are for the full
 *   parser
 */
export function scanDicom(bytes: Uint8Array): ScannedFields | null {
  if (bytes.length < PREAMBLE + 4) return null;
  const [d, i, c, m] = bytes.subarray(PREAMBLE, PREAMBLE + 4);
  if (d !== 0x44 || i !== 0x49 || c !== 0x43 || m !== 0x4d) return null;
  shared.count = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = scanElements(shared, view, PREAMBLE + 4, true, (tag) => tag >>> 16 !== META_GROUP);
  if (start === null) return null;
  const syntax = new ScannedFields(bytes, shared, '', null).code(TAG_OF_SYNTAX);
  if (syntax === '' || syntax === EXPLICIT_BIG_ENDIAN || syntax === DEFLATED_EXPLICIT_LITTLE_ENDIAN)
    return null;
  const end = scanElements(shared, view, start, syntax !== IMPLICIT_LITTLE_ENDIAN, (tag) => tag > PIXEL_DATA);
  if (end === null) return null;
  const pixels = shared.find(PIXEL_DATA);
  return new ScannedFields(bytes, shared, syntax, pixels < 0 ? null : (shared.starts[pixels] ?? null));
}

const TAG_OF_SYNTAX = `x${TRANSFER_SYNTAX.toString(16).padStart(8, '0')}`;

/**
 * Adds the elements from `at` on to an index, up to the pixel data, the first element that `isPast`, or `end`.
 *
 * @param end where they must end; null when only `isPast` tells
 * @returns the position after the last element added; null when something is out of the ordinary
 */
function scanElements(
  index: ElementIndex,
  view: DataView,
  at: number,
  explicit: boolean,
  isPast: (tag: number) => boolean,
  end: number | null = null,
): number | null {
  const limit = end ?? view.byteLength;
  let last = 0;
  while (at + 8 <= limit) {
    const tag = tagAt(view, at);
    if (isPast(tag)) return at;
    if (tag <= last) return null;
    last = tag;
    const header = headerAt(view, at, explicit);
    if (header === null) return null;
    const { start, length, vr } = header;
    if (tag === PIXEL_DATA) {
      index.add(tag, start, 0, vr);
      return start;
    }
    if (length === UNDEFINED_LENGTH) {
      const behind = skipItems(view, start, explicit, 0);
      if (behind === null || behind > limit) return null;
      index.add(tag, start, OPEN, vr);
      at = behind;
    } else {
      if (start + length > limit) return null;
      index.add(tag, start, length, vr);
      at = start + length;
    }
  }
  // Bytes that end here of themselves end between two elements only if the file itself does.
  return end !== null && at === end ? at : null;
}

/**
 * The items of a sequence, each with its elements.
 *
 * @param end where they end; null for a sequence that ends with a delimiter
 * @returns null when something is out of the ordinary
 */
function scanItems(view: DataView, at: number, end: number | null, explicit: boolean): ElementIndex[] | null {
  const limit = end ?? view.byteLength;
  const items: ElementIndex[] = [];
  while (at + 8 <= limit) {
    const tag = tagAt(view, at);
    const length = view.getUint32(at + 4, true);
    at += 8;
    if (tag === SEQUENCE_END) return items;
    if (tag !== ITEM) return null;
    const isOpen = length === UNDEFINED_LENGTH;
    if (!isOpen && at + length > limit) return null;
    const index = new ElementIndex(16);
    const behind = isOpen
      ? scanElements(index, view, at, explicit, (next) => next === ITEM_END)
      : scanElements(index, view, at, explicit, () => false, at + length);
    if (behind === null) return null;
    at = isOpen ? behind + 8 : behind;
    items.push(index);
  }
  return end !== null && at === end ? items : null;
}

const tagAt = (view: DataView, at: number) =>
  ((view.getUint16(at, true) << 16) | view.getUint16(at + 2, true)) >>> 0;

/** Where an element's value begins and how long it is; null when its value representation is none. */
function headerAt(
  view: DataView,
  at: number,
  explicit: boolean,
): { readonly start: number; readonly length: number; readonly vr: number } | null {
  if (!explicit) return { start: at + 8, length: view.getUint32(at + 4, true), vr: 0 };
  const first = view.getUint8(at + 4);
  const second = view.getUint8(at + 5);
  if (first < A || first > Z || second < A || second > Z) return null;
  const vr = (first << 8) | second;
  if (!LONG_FORMS.has(vr)) return { start: at + 8, length: view.getUint16(at + 6, true), vr };
  if (at + 12 > view.byteLength) return null;
  return { start: at + 12, length: view.getUint32(at + 8, true), vr };
}

/** The position after a sequence of undefined length that begins at `at`; null when it does not end. */
function skipItems(view: DataView, at: number, explicit: boolean, depth: number): number | null {
  if (depth > DEEPEST) return null;
  while (at + 8 <= view.byteLength) {
    const tag = tagAt(view, at);
    const length = view.getUint32(at + 4, true);
    at += 8;
    if (tag === SEQUENCE_END) return at;
    if (tag !== ITEM) return null;
    if (length !== UNDEFINED_LENGTH) {
      at += length;
      continue;
    }
    const end = skipItem(view, at, explicit, depth);
    if (end === null) return null;
    at = end;
  }
  return null;
}

function skipItem(view: DataView, at: number, explicit: boolean, depth: number): number | null {
  while (at + 8 <= view.byteLength) {
    if (tagAt(view, at) === ITEM_END) return at + 8;
    const header = headerAt(view, at, explicit);
    if (header === null) return null;
    if (header.length !== UNDEFINED_LENGTH) {
      at = header.start + header.length;
      continue;
    }
    const end = skipItems(view, header.start, explicit, depth + 1);
    if (end === null) return null;
    at = end;
  }
  return null;
}
