import { endOfBackground, wordsOf } from './background';

/** Voxels of every label that occurs, background left out; keys are label numbers as text. */
export function countLabels(labels: Uint8Array): Record<string, number> {
  const counts = new Uint32Array(256);
  const words = wordsOf(labels);
  for (let at = endOfBackground(labels, words, 0); at < labels.length;) {
    const label = labels[at] ?? 0;
    counts[label] = (counts[label] ?? 0) + 1;
    at = label === 0 ? endOfBackground(labels, words, at) : at + 1;
  }
  const found: Record<string, number> = {};
  counts.forEach((voxels, label) => {
    if (label > 0 && voxels > 0) found[String(label)] = voxels;
  });
  return found;
}

/** The same for every slice along k, `sliceSize` voxels each. */
export function countLabelsBySlice(labels: Uint8Array, sliceSize: number): Record<string, number>[] {
  return Array.from({ length: labels.length / sliceSize }, (_, slice) =>
    countLabels(labels.subarray(slice * sliceSize, (slice + 1) * sliceSize)),
  );
}
