/** Keys of a blinded reading, as its help lists them. */
export const READING_KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['1, 2, 3', 'answer, and on to the next case'],
  ['wheel, ↑ ↓', 'one slice'],
  ['Page up, Page down', 'five slices'],
  ['Backspace', 'back to the case before, to correct its answer'],
  ['N', 'write a note; Esc leaves it'],
  ['hold S', 'hide masks'],
  ['A, D', 'less or more filling'],
  ['right drag, middle drag', 'zoom, move'],
  ['hold W and drag', 'window'],
  ['R', 'whole slice, own window'],
  ['P', 'pause'],
  ['F', 'finish and unblind'],
  ['?', 'these keys'],
];

/** What the answers to a question are called, in the order of the keys 1, 2, 3. */
export const ANSWER_NAMES = {
  agree: 'Agree',
  acceptable: 'Clinically acceptable',
  wrong: 'Wrong',
  left: 'Left is better',
  right: 'Right is better',
  same: 'No difference',
} as const;

export const QUESTION_TEXTS = {
  acceptable: 'Is this prediction acceptable?',
  better: 'Which of the two predictions is better?',
} as const;
