/** Voxels that are looked at together: the bytes of one float64. */
const WORD = Float64Array.BYTES_PER_ELEMENT;

/**
 * The first voxel from `at` on that has a label, or the length of `labels`. Most of a mask is background, so eight voxels
 * are looked at together where they lie so in memory.
 *
 * @param words of {@link wordsOf} the same labels
 */
export function endOfBackground(labels: Uint8Array, { first, words }: LabelWords, at: number): number {
  let end = at;
  while (end < labels.length && labels[end] === 0) {
    const word = (end - first) / WORD;
    if (Number.isInteger(word) && word >= 0) {
      let next = word;
      // Not `=== 0`: the bytes of -0 are not all 0.
      while (next < words.length && Object.is(words[next], 0)) next += 1;
      end += (next - word) * WORD;
      if (next > word) continue;
    }
    end += 1;
  }
  return end;
}

/** A label array as words; the first one begins at voxel `first`. */
export interface LabelWords {
  readonly first: number;
  readonly words: Float64Array;
}

/** The words that lie whole in `labels`; a view, so it follows every change. */
export function wordsOf(labels: Uint8Array): LabelWords {
  const first = (WORD - (labels.byteOffset % WORD)) % WORD;
  if (labels.length < first + WORD) return { first, words: new Float64Array() };
  return {
    first,
    words: new Float64Array(labels.buffer, labels.byteOffset + first, (labels.length - first) >> 3),
  };
}
