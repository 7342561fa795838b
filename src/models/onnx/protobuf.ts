/** A field of a Protocol Buffers message: its number and its encoded value. */
export type Field = Uint8Array;

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

function varint(value: number): number[] {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no unsigned integer`);
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}

/** One after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** An integer field (int32, int64, enum); not negative. */
export function integerField(number: number, value: number): Field {
  return Uint8Array.from([...varint(number * 8 + VARINT), ...varint(value)]);
}

/** A field of type float. */
export function floatField(number: number, value: number): Field {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return joined([Uint8Array.from(varint(number * 8 + FIXED_32)), bytes]);
}

/** A field of type bytes. */
export function bytesField(number: number, value: Uint8Array): Field {
  return joined([
    Uint8Array.from([...varint(number * 8 + LENGTH_DELIMITED), ...varint(value.length)]),
    value,
  ]);
}

/** A field of type string: names and versions, which are ASCII; others are refused with a RangeError. */
export function textField(number: number, value: string): Field {
  const codes = Array.from(value, (character) => character.codePointAt(0) ?? 0);
  if (codes.some((code) => code > 127)) throw new RangeError(`"${value}" is not ASCII`);
  return bytesField(number, Uint8Array.from(codes));
}

/** A field that is a message itself. */
export function messageField(number: number, fields: readonly Field[]): Field {
  return bytesField(number, joined(fields));
}
