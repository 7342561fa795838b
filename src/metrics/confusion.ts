import type { ConfusionMatrix } from '#src/contracts/documents/metrics';

/** All labels that either mask holds, with 0 (background), ascending. */
export function labelsIn(...masks: readonly Uint8Array[]): number[] {
  const present = new Uint8Array(256);
  present[0] = 1;
  for (const mask of masks) for (const label of mask) present[label] = 1;
  return [...present.keys()].filter((label) => present[label] === 1);
}

/**
 * Label confusion: voxels by reference label (rows) and predicted label (columns), background included.
 *
 * @param labels rows and columns, in order; a voxel of any other label counts as background, as it does for a model that
 *   does not learn the label
 */
export function confusionOf(
  reference: Uint8Array,
  prediction: Uint8Array,
  labels: readonly number[] = labelsIn(reference, prediction),
): ConfusionMatrix {
  const cells = new Float64Array(256 * 256);
  const shown = new Uint8Array(256);
  for (const label of labels) shown[label] = label;
  reference.forEach((label, index) => {
    const cell = (shown[label] ?? 0) * 256 + (shown[prediction[index] ?? 0] ?? 0);
    cells[cell] = (cells[cell] ?? 0) + 1;
  });
  return {
    labels: [...labels],
    counts: labels.map((row) => labels.map((column) => cells[row * 256 + column] ?? 0)),
  };
}

/** The sum of two matrices over all labels of both. */
export function addConfusion(a: ConfusionMatrix, b: ConfusionMatrix): ConfusionMatrix {
  const labels = [...new Set([...a.labels, ...b.labels])].sort((x, y) => x - y);
  const cell = (matrix: ConfusionMatrix, row: number, column: number) =>
    matrix.counts[matrix.labels.indexOf(row)]?.[matrix.labels.indexOf(column)] ?? 0;
  return {
    labels,
    counts: labels.map((row) => labels.map((column) => cell(a, row, column) + cell(b, row, column))),
  };
}
