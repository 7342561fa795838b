/** Keys of the side-by-side review, as its help lists them. */
export const REVIEW_KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['wheel, ↑ ↓', 'one slice; the other column follows'],
  ['← →', 'previous or next slice with large errors'],
  ['Space, Shift+Space', 'next or previous patient, worst first'],
  ['Tab', 'other column'],
  ['1, 2, 3', 'mark the prediction: agree, acceptable, wrong; again to take it back'],
  ['N', 'note on the prediction; Esc leaves it'],
  ['hold X', 'exchange reference and prediction'],
  ['hold S', 'hide masks'],
  ['A, D', 'less or more filling'],
  ['Z', 'zoom to the structure and back'],
  ['right drag, middle drag', 'zoom, move'],
  ['hold W and drag', 'window'],
  ['R', 'whole slice, own window'],
  ['?', 'these keys'],
];
