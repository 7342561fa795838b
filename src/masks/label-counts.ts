/** Voxels of every label that occurs, background left out; keys are label numbers as text. */
export function countLabels(labels: Uint8Array): Record<string, number> {
  const counts = new Uint32Array(256);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  const found: Record<string, number> = {};
  counts.forEach((count, label) => {
    if (label > 0 && count > 0) found[String(label)] = count;
  });
  return found;
}

/** The same for every slice along k, `sliceSize` voxels each. */
export function countLabelsBySlice(labels: Uint8Array, sliceSize: number): Record<string, number>[] {
  return Array.from({ length: labels.length / sliceSize }, (_, slice) =>
    countLabels(labels.subarray(slice * sliceSize, (slice + 1) * sliceSize)),
  );
}
