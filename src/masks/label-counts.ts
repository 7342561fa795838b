const WORD = Float64Array.BYTES_PER_ELEMENT;

/** Voxels of every label that occurs, background left out; keys are label numbers as text. */
export function countLabels(labels: Uint8Array): Record<string, number> {
  const counts = new Uint32Array(256);
  const count = (from: number, to: number) => {
    for (let at = from; at < to; at += 1) counts[labels[at] ?? 0] = (counts[labels[at] ?? 0] ?? 0) + 1;
  };
  // Most of a mask is background: eight voxels at once where all of them are.
  const first = (WORD - (labels.byteOffset % WORD)) % WORD;
  if (labels.length < first + WORD) count(0, labels.length);
  else countWords(labels, first, count);
  const found: Record<string, number> = {};
  counts.forEach((voxels, label) => {
    if (label > 0 && voxels > 0) found[String(label)] = voxels;
  });
  return found;
}

/** Calls `count` for the voxels from `first` on (a multiple of 8 in memory) that may be labelled, and for those before. */
function countWords(labels: Uint8Array, first: number, count: (from: number, to: number) => void): void {
  const words = new Float64Array(labels.buffer, labels.byteOffset + first, (labels.length - first) >> 3);
  count(0, first);
  for (let word = 0, at = first; word < words.length; word += 1, at += WORD) {
    // -0 and NaN are bytes that are not all 0, and both must be counted.
    if (!Object.is(words[word], 0)) count(at, at + WORD);
  }
  count(first + words.length * WORD, labels.length);
}

/** The same for every slice along k, `sliceSize` voxels each. */
export function countLabelsBySlice(labels: Uint8Array, sliceSize: number): Record<string, number>[] {
  return Array.from({ length: labels.length / sliceSize }, (_, slice) =>
    countLabels(labels.subarray(slice * sliceSize, (slice + 1) * sliceSize)),
  );
}
