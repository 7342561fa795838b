import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { modelConfig } from '#src/contracts/documents/run';
import { HeldoutError } from '#src/contracts/failure';
import { unetLayout } from '#src/models/unet';
import { writeFileAtomic } from '#main/store/atomic-file';
import type { NetworkState } from './network';

/**
 * Files of weights: `checkpoint-last.bin` (all that a run needs to go on) and `model/weights.bin` (for inference).
 *
 * Layout: "HLDM", version (uint32 LE), header length (uint32 LE), header (JSON, padded with spaces to 4 bytes), the
 * arrays named in the header (float32 LE), SHA-256 of everything before it.
 */
const MAGIC = 'HLDM';
const VERSION = 1;
const PREFIX_BYTES = 12;
const HASH_BYTES = 32;

const header = v.object({
  run: v.string(),
  model: modelConfig,
  step: v.number(),
  /** Seconds of training up to this step, over all resumes. */
  seconds: v.number(),
  /** With the step, this is the whole state of the data order and of every random stream (src/models/random). */
  seed: v.number(),
  arrays: v.array(v.object({ name: v.string(), length: v.number() })),
});
export type ModelFileHeader = v.InferOutput<typeof header>;

const ARRAYS = ['weights', 'statistics', 'firstMoment', 'secondMoment'] as const;

export interface ModelFile {
  readonly header: ModelFileHeader;
  /** Moments are zero when the file was written without them. */
  readonly state: NetworkState;
}

/**
 * Writes the state aside and renames it, so that the file is always whole.
 *
 * @param moments false for inference: the file is a third as large
 * @throws what the file system throws (ENOSPC: the older file is still there)
 */
export async function writeModelFile(
  path: string,
  information: Omit<ModelFileHeader, 'arrays'>,
  state: NetworkState,
  moments: boolean,
): Promise<void> {
  const names = moments ? ARRAYS : ARRAYS.slice(0, 2);
  const arrays = names.map((name) => ({ name, length: state[name].length }));
  const text = Buffer.from(JSON.stringify({ ...information, arrays }), 'utf8');
  const padded = Buffer.concat([text, Buffer.alloc((4 - (text.length % 4)) % 4, ' ')]);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.write(MAGIC, 'latin1');
  prefix.writeUInt32LE(VERSION, 4);
  prefix.writeUInt32LE(padded.length, 8);
  const body = Buffer.concat([
    prefix,
    padded,
    ...names.map((name) => {
      const values = state[name];
      return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    }),
  ]);
  const hash = createHash('sha256').update(body).digest();
  await writeFileAtomic(path, Buffer.concat([body, hash]));
}

/**
 * Reads and checks a file of weights.
 *
 * @throws HeldoutError `input` when it is damaged or of a newer version
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  const bytes = await readFile(path);
  const { header: parsed, end } = parseHeader(path, bytes);
  const hashAt = bytes.length - HASH_BYTES;
  const hash = createHash('sha256').update(bytes.subarray(0, hashAt)).digest();
  if (!hash.equals(bytes.subarray(hashAt))) throw damaged(path);
  const layout = unetLayout(parsed.model);
  const lengths = { weights: layout.parameterCount, statistics: 2 * layout.statisticCount };
  const values = new Map<string, Float32Array>();
  let at = end;
  for (const { name, length } of parsed.arrays) {
    if (at + 4 * length > hashAt) throw damaged(path);
    const array = new Float32Array(length);
    Buffer.from(array.buffer).set(bytes.subarray(at, at + 4 * length));
    values.set(name, array);
    at += 4 * length;
  }
  const weights = values.get('weights');
  const statistics = values.get('statistics');
  if (weights?.length !== lengths.weights || statistics?.length !== lengths.statistics) throw damaged(path);
  return {
    header: parsed,
    state: {
      weights,
      statistics,
      firstMoment: values.get('firstMoment') ?? new Float32Array(weights.length),
      secondMoment: values.get('secondMoment') ?? new Float32Array(weights.length),
      step: parsed.step,
    },
  };
}

/** Only the header; the arrays are neither read nor checked. */
export async function readModelHeader(path: string): Promise<ModelFileHeader> {
  const file = await open(path);
  try {
    const start = Buffer.alloc(64 * 1024);
    const { bytesRead } = await file.read(start, 0, start.length, 0);
    return parseHeader(path, start.subarray(0, bytesRead)).header;
  } finally {
    await file.close();
  }
}

function parseHeader(path: string, bytes: Buffer): { header: ModelFileHeader; end: number } {
  if (bytes.length < PREFIX_BYTES || bytes.toString('latin1', 0, 4) !== MAGIC) throw damaged(path);
  const version = bytes.readUInt32LE(4);
  if (version > VERSION)
    throw new HeldoutError(
      'input',
      `The weights ${path} were written by a newer Heldout (format ${version}): update Heldout to use them.`,
    );
  const end = PREFIX_BYTES + bytes.readUInt32LE(8);
  if (end > bytes.length) throw damaged(path);
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8', PREFIX_BYTES, end));
  } catch {
    throw damaged(path);
  }
  const parsed = v.safeParse(header, json);
  if (!parsed.success) throw damaged(path);
  return { header: parsed.output, end };
}

function damaged(path: string): HeldoutError {
  return new HeldoutError('input', `The weights ${path} are damaged: train the run again from its config.`);
}
