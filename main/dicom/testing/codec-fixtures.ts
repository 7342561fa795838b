/** The compressed files in fixtures/codecs, made and described by make-codecs.py. Shared by specs. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fillSlice } from '#src/imaging/stored-values';
import type { Frame } from '../codecs';
import { encodedFrame, indexFrames, rangesOf } from '../encapsulated-frames';
import { parseDicom } from '../parse-dicom';
import { TRANSFER_SYNTAXES, type PixelEncoding } from '../transfer-syntaxes';

const FOLDER = 'main/dicom/fixtures/codecs';
const ROWS = 30;
const COLUMNS = 28;
const ARRAYS = { u1: Uint8Array, i1: Int8Array, u2: Uint16Array, i2: Int16Array };

interface Description {
  readonly transferSyntax: string;
  /** Key of the pixels before encoding; null for several frames. */
  readonly source: string | null;
  readonly dtype: keyof typeof ARRAYS;
  /** How far decoded pixels may be from the source. */
  readonly within: number;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly signed: boolean;
  /** Of each frame, as pydicom reads it. */
  readonly sha256: readonly string[];
  /** How far two right decoders may differ; then `pixels` are pydicom's. */
  readonly tolerance?: number;
  readonly pixels?: string;
}

export interface CodecFixture extends Description {
  readonly name: string;
  readonly encoding: Exclude<PixelEncoding, 'native'>;
  readonly frame: Frame;
}

const { files, sources } = JSON.parse(readFileSync(`${FOLDER}/expected.json`, 'utf8')) as {
  files: Readonly<Record<string, Description>>;
  sources: Readonly<Record<string, string>>;
};

export const CODEC_FIXTURES: readonly CodecFixture[] = Object.entries(files).map(([name, description]) => {
  const { transferSyntax, bitsAllocated, bitsStored, signed } = description;
  const encoding = TRANSFER_SYNTAXES.get(transferSyntax)?.pixels;
  if (encoding === undefined || encoding === 'native') throw new Error(`${name}: ${transferSyntax}`);
  const frame = { rows: ROWS, columns: COLUMNS, bitsAllocated, bitsStored, highBit: bitsStored - 1, signed };
  return { ...description, name, encoding, frame };
});

export function codecFixture(name: string): CodecFixture {
  const fixture = CODEC_FIXTURES.find((one) => one.name === name);
  if (fixture === undefined) throw new Error(`no fixture ${name}`);
  return fixture;
}

export const codecFile = (name: string): Buffer => readFileSync(`${FOLDER}/${name}.dcm`);

/** Where the pixel data of a file begin, and its extended offset table. */
export function pixelDataOf(bytes: Uint8Array): { offset: number; extendedOffsets: Uint8Array | null } {
  const elements = parseDicom(bytes)?.dataSet.elements;
  const offset = elements?.['x7fe00010']?.dataOffset;
  if (offset === undefined) throw new Error('no pixel data');
  const table = elements?.['x7fe00001'];
  const extendedOffsets =
    table === undefined ? null : bytes.subarray(table.dataOffset, table.dataOffset + table.length);
  return { offset, extendedOffsets };
}

/** The encoded bytes of each frame: copies, to be damaged freely. */
export function encodedFramesOf({ name, sha256, encoding }: CodecFixture): Uint8Array[] {
  const bytes = codecFile(name);
  const { offset, extendedOffsets } = pixelDataOf(bytes);
  const index = indexFrames(rangesOf(bytes), offset, sha256.length, encoding, extendedOffsets);
  return sha256.map((_, number) => Uint8Array.from(encodedFrame(rangesOf(bytes), index, number)));
}

/** Decoded pixels as values, in the type that pydicom gives them. */
export function valuesOf(decoded: Uint8Array, { dtype, frame }: CodecFixture) {
  const count = ROWS * COLUMNS;
  // Of the sample types that volumes have, float32 holds all of these values.
  const values = new Float32Array(count);
  fillSlice(values, 0, count, decoded, { ...frame, slope: 1, intercept: 0 });
  return ARRAYS[dtype].from(values);
}

/** Base64 of little-endian values, as values. */
function valuesIn(base64: string, dtype: Description['dtype']) {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new ARRAYS[dtype](bytes.buffer);
}

/** The pixels before encoding. */
export function sourceOf({ name, source, dtype }: CodecFixture) {
  const pixels = source === null ? undefined : sources[source];
  if (pixels === undefined) throw new Error(`${name} has no source`);
  return valuesIn(pixels, dtype);
}

/** What pydicom reads where another decoder may differ. */
export const pydicomPixels = ({ pixels, dtype }: CodecFixture) => valuesIn(pixels ?? '', dtype);

export const sha256Of = (values: ArrayBufferView): string =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');

/** The largest difference between two images. */
export function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  return Array.from(a).reduce((worst, value, n) => Math.max(worst, Math.abs(value - (b[n] ?? NaN))), 0);
}
