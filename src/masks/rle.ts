import { HeldoutError } from '#src/contracts/failure';
import { endOfBackground, wordsOf } from './background';
import { ByteReader, ByteWriter } from './varint';

/** Run-length code of a label array: pairs of label byte and varint length, in voxel order. */
export function encodeLabels(labels: Uint8Array): Uint8Array {
  const writer = new ByteWriter();
  const words = wordsOf(labels);
  for (let at = 0; at < labels.length;) {
    const label = labels[at] ?? 0;
    let end = at + 1;
    if (label === 0) end = endOfBackground(labels, words, end);
    else while (end < labels.length && labels[end] === label) end += 1;
    writer.byte(label);
    writer.varint(end - at);
    at = end;
  }
  return writer.take();
}

/**
 * The inverse of {@link encodeLabels}.
 *
 * @param count number of voxels expected
 * @throws HeldoutError `input` when the runs do not add up to `count`
 */
export function decodeLabels(bytes: Uint8Array, count: number): Uint8Array {
  const labels = new Uint8Array(count);
  const reader = new ByteReader(bytes);
  let at = 0;
  while (!reader.done) {
    const label = reader.byte();
    const length = reader.varint();
    if (length < 1 || at + length > count) throw wrongSize(count);
    if (label !== 0) labels.fill(label, at, at + length);
    at += length;
  }
  if (at !== count) throw wrongSize(count);
  return labels;
}

function wrongSize(count: number): HeldoutError {
  return new HeldoutError(
    'input',
    `A stored mask does not hold the ${count} voxels of its scan: restore it from a backup.`,
  );
}
