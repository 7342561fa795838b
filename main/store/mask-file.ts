import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import { HeldoutError } from '#src/contracts/failure';
import { voxelCount, type Dims } from '#src/imaging/geometry';
import { decodeLabels, encodeLabels } from '#src/masks/rle';
import { writeFileAtomic } from './atomic-file';

/**
 * A snapshot of a mask: the labels at the bottom of the undo stack and the journal entries from there to the present.
 * `sequence` is the number of the last journal record that the snapshot includes.
 */
export interface MaskSnapshot {
  readonly dims: Dims;
  readonly sequence: number;
  readonly base: Uint8Array;
  readonly entries: readonly Uint8Array[];
}

/**
 * `.hms`, version 1: `HMS1`, uint32 length of the JSON header, uint32 CRC-32 of all that follows, the header, the
 * run-length code of the base labels, the entries.
 */
const MAGIC = 'HMS1';
const HEAD = 12;

const headerSchema = v.object({
  version: v.literal(1),
  dims: v.tuple([v.number(), v.number(), v.number()]),
  sequence: v.number(),
  labels: v.number(),
  entries: v.array(v.number()),
});

/** Writes a snapshot atomically. @throws HeldoutError `resource` when the disk is full; the old one is whole */
export async function writeMaskFile(path: string, snapshot: MaskSnapshot): Promise<void> {
  const labels = encodeLabels(snapshot.base);
  const header = Buffer.from(
    JSON.stringify({
      version: 1,
      dims: snapshot.dims,
      sequence: snapshot.sequence,
      labels: labels.length,
      entries: snapshot.entries.map((entry) => entry.length),
    }),
  );
  const body = Buffer.concat([header, labels, ...snapshot.entries]);
  const head = Buffer.alloc(HEAD);
  head.write(MAGIC, 0, 'latin1');
  head.writeUInt32LE(header.length, 4);
  head.writeUInt32LE(crc32(body), 8);
  await writeFileAtomic(path, [head, body]);
}

/** @throws HeldoutError `input` when the file is missing, damaged or of a newer version */
export async function readMaskFile(path: string): Promise<MaskSnapshot> {
  const damaged = () =>
    new HeldoutError(
      'input',
      `The mask file ${basename(path)} is missing or damaged: restore the project from a backup.`,
    );
  const bytes = await readFile(path).catch(() => {
    throw damaged();
  });
  const magic = bytes.toString('latin1', 0, 4);
  if (magic !== MAGIC && magic.startsWith('HMS'))
    throw new HeldoutError(
      'input',
      `The mask file ${basename(path)} was written by a newer version of Heldout: open it with that one.`,
    );
  if (magic !== MAGIC || bytes.length < HEAD || crc32(bytes.subarray(HEAD)) !== bytes.readUInt32LE(8))
    throw damaged();
  const bodyStart = HEAD + bytes.readUInt32LE(4);
  const header = v.safeParse(headerSchema, JSON.parse(bytes.toString('utf8', HEAD, bodyStart)));
  if (!header.success) throw damaged();
  const { dims, sequence, labels, entries } = header.output;
  const base = decodeLabels(bytes.subarray(bodyStart, bodyStart + labels), voxelCount(dims));
  let at = bodyStart + labels;
  return {
    dims,
    sequence,
    base,
    entries: entries.map((length) => new Uint8Array(bytes.subarray(at, (at += length)))),
  };
}
