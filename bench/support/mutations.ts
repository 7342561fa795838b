import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { mulberry32 } from './random';

/** Numbers that parsers trip over when they stand where a length or a count should. */
const TELLING_NUMBERS = [0xffffffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0, 1, 0xffff, 0x10000];

type Random = () => number;

const below = (random: Random, limit: number) => Math.floor(random() * limit);

function flipped(bytes: Buffer, random: Random, within: number): Buffer {
  const result = Buffer.from(bytes);
  const times = 1 + below(random, 24);
  for (let n = 0; n < times; n++) result[below(random, Math.min(within, result.length))] = below(random, 256);
  return result;
}

function truncated(bytes: Buffer, random: Random): Buffer {
  return Buffer.from(bytes.subarray(0, below(random, bytes.length)));
}

function withTellingNumbers(bytes: Buffer, random: Random, within: number): Buffer {
  const result = Buffer.from(bytes);
  const times = 1 + below(random, 4);
  for (let n = 0; n < times; n++) {
    const at = below(random, Math.max(1, Math.min(within, result.length) - 4));
    if (at + 4 <= result.length)
      result.writeUInt32LE(TELLING_NUMBERS[below(random, TELLING_NUMBERS.length)] ?? 0, at);
  }
  return result;
}

/** A piece of the file cut out, doubled or moved elsewhere. */
function spliced(bytes: Buffer, random: Random): Buffer {
  const [a, b] = [below(random, bytes.length), below(random, bytes.length)].toSorted((x, y) => x - y);
  const piece = bytes.subarray(a, b);
  const at = below(random, bytes.length);
  return random() < 0.5
    ? Buffer.concat([bytes.subarray(0, a ?? 0), bytes.subarray(b ?? 0)])
    : Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
}

/** Sequences in sequences, thousands deep, right behind the file meta information. */
function nested(bytes: Buffer, random: Random): Buffer {
  const depth = 1 + below(random, 20_000);
  const open = Buffer.from([0x08, 0, 0x40, 0x11, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  const item = Buffer.from([0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff, 0xff]);
  const level = Buffer.concat([open, item]);
  const start = bytes.indexOf(Buffer.from([0x08, 0, 0x05, 0]));
  const at = start < 0 ? below(random, bytes.length) : start;
  return Buffer.concat([
    bytes.subarray(0, at),
    Buffer.concat(Array.from({ length: depth }, () => level)),
    bytes.subarray(at),
  ]);
}

/** A damaged DICOM file; the same for the same seed. */
export function mutatedDicom(original: Buffer, seed: number): Buffer {
  const random = mulberry32(seed);
  switch (below(random, 7)) {
    case 0:
      return flipped(original, random, original.length);
    case 1:
      return flipped(original, random, 2048);
    case 2:
      return truncated(original, random);
    case 3:
      return withTellingNumbers(original, random, original.length);
    case 4:
      return withTellingNumbers(original, random, 2048);
    case 5:
      return spliced(original, random);
    default:
      return nested(original, random);
  }
}

/** A damaged NIfTI file, plain or gzipped. */
export function mutatedNifti(original: Buffer, seed: number): Buffer {
  const random = mulberry32(seed);
  const isPacked = original[0] === 0x1f;
  // Half of the packed ones are damaged inside, so that the parser meets them.
  if (isPacked && random() < 0.5) return gzipSync(damaged(gunzipSync(original), random));
  return damaged(original, random);
}

function damaged(bytes: Buffer, random: Random): Buffer {
  switch (below(random, 5)) {
    case 0:
      return flipped(bytes, random, 540);
    case 1:
      return withTellingNumbers(bytes, random, 540);
    case 2:
      return truncated(bytes, random);
    case 3:
      return spliced(bytes, random);
    default:
      return flipped(bytes, random, bytes.length);
  }
}

/** A damaged or hostile zip archive. */
export function mutatedZip(original: Buffer, seed: number): Buffer {
  const random = mulberry32(seed);
  switch (below(random, 6)) {
    case 0:
      return zipOf('../'.repeat(1 + below(random, 9)) + 'evil.dcm', Buffer.from('evil'));
    case 1:
      return zipOf('bomb.dcm', Buffer.alloc(8 * 1024 * 1024), below(random, 1 << 16));
    case 2:
      return truncated(original, random);
    case 3:
      return withTellingNumbers(original, random, original.length);
    case 4:
      return spliced(original, random);
    default:
      return flipped(original, random, original.length);
  }
}

/** An archive of one entry, whose directory may claim another size than it has. */
function zipOf(name: string, content: Buffer, claimed = content.length): Buffer {
  const packed = deflateRawSync(content);
  const header = (signature: number, version: number[], rest: number[]) => {
    const fixed = Buffer.alloc(4 + 2 * version.length + 26);
    fixed.writeUInt32LE(signature, 0);
    version.forEach((value, n) => fixed.writeUInt16LE(value, 4 + 2 * n));
    const at = 4 + 2 * version.length;
    [0, 8, 0, 0].forEach((value, n) => fixed.writeUInt16LE(value, at + 2 * n));
    [0, packed.length, claimed].forEach((value, n) => fixed.writeUInt32LE(value, at + 8 + 4 * n));
    fixed.writeUInt16LE(Buffer.byteLength(name), at + 20);
    return Buffer.concat([fixed.subarray(0, at + 24), Buffer.from(rest), Buffer.from(name)]);
  };
  const local = Buffer.concat([header(0x04034b50, [20], []), packed]);
  const central = header(
    0x02014b50,
    [20, 20],
    Array.from({ length: 14 }, () => 0),
  );
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
