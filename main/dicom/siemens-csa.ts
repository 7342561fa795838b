import { privateTag } from './element-values';
import type { ElementFields } from './element-fields';

const CREATOR = 'SIEMENS CSA HEADER';
const TAG_BYTES = 84;
const ITEM_BYTES = 16;
const MOST_TAGS = 1024;
const TAG_MARKS = new Set([77, 205]);

/** Values of a Siemens CSA header by the name of their tag; empty values are left out. */
export type CsaHeader = ReadonlyMap<string, readonly string[]>;

/** The CSA image header (0029,xx10) of a Siemens file; empty when there is none, or nothing readable in it. */
export function csaImageHeader(fields: ElementFields): CsaHeader {
  const tag = privateTag(fields, '0029', CREATOR, '10');
  return tag === null ? new Map() : parseCsaHeader(fields.bytes(tag) ?? new Uint8Array());
}

/** The finite numbers among the values of a CSA tag. */
export function csaNumbers(header: CsaHeader, name: string): number[] {
  return (header.get(name) ?? []).map(Number).filter(Number.isFinite);
}

/**
 * Parses a CSA header: the format that begins with "SV10", and the older one without a magic as SPM reads it. What is
 * cut off or malformed ends the list; nothing is thrown.
 */
export function parseCsaHeader(bytes: Uint8Array): CsaHeader {
  const header = new Map<string, string[]>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (from: number, length: number) => latin1(bytes.subarray(from, from + length));
  const isNew = text(0, 4) === 'SV10';
  let at = isNew ? 8 : 0;
  if (bytes.length < at + 8) return header;
  const tags = view.getUint32(at, true);
  if (tags > MOST_TAGS) return header;
  at += 8;
  /** The older format adds the first tag's number of items to every length. */
  let surplus: number | null = null;
  for (let n = 0; n < tags && at + TAG_BYTES <= bytes.length; n++) {
    const name = text(at, 64);
    const items = view.getInt32(at + 76, true);
    if (!TAG_MARKS.has(view.getInt32(at + 80, true))) return header;
    surplus ??= isNew ? 0 : items;
    at += TAG_BYTES;
    const values: string[] = [];
    for (let item = 0; item < items; item++) {
      if (at + ITEM_BYTES > bytes.length) return header;
      const length = view.getInt32(at + (isNew ? 4 : 0), true) - surplus;
      at += ITEM_BYTES;
      if (length < 0 || at + length > bytes.length) {
        if (isNew) return header;
        break;
      }
      const value = text(at, length).trim();
      if (value !== '') values.push(value);
      // The older format fills up full words, too.
      at += isNew ? Math.ceil(length / 4) * 4 : length + 4 - (length % 4);
    }
    if (values.length > 0) header.set(name, values);
  }
  return header;
}

/**
 * The measurement protocol of a Siemens file as it was typed in at the scanner (ASCCONV), by key. It is in the CSA
 * series header (0029,xx20), or since XA in (0021,xx19); empty when the file has neither.
 */
export function siemensProtocol(fields: ElementFields): ReadonlyMap<string, string> {
  const protocol = new Map<string, string>();
  for (const tag of [
    privateTag(fields, '0029', CREATOR, '20'),
    privateTag(fields, '0021', 'SIEMENS MR SDS 01', '19'),
  ]) {
    if (tag === null) continue;
    const body = /### ASCCONV BEGIN[^\n]*\n(.*?)### ASCCONV END/su.exec(
      whole(fields.bytes(tag) ?? new Uint8Array()),
    )?.[1];
    for (const line of body?.split('\n') ?? []) {
      const [key, value] = line.split('=');
      if (key !== undefined && value !== undefined) protocol.set(key.trim(), value.trim());
    }
    if (protocol.size > 0) break;
  }
  return protocol;
}

/** Up to the first NUL. */
function latin1(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return whole(end < 0 ? bytes : bytes.subarray(0, end));
}

function whole(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}
