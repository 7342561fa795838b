/**
 * A blinded reading: a reader judges predictions without knowing which model made them and whether that model had
 * trained on the patient. A *case* is one showing of a prediction (or of two of one scan, side by side); it never
 * stands for a patient.
 */

/** Whether the model behind a prediction had trained on the patient. */
export type ReadingSide = 'seen' | 'heldOut';

/** What a reader makes of a prediction: as drawn by oneself, different but good enough to be used, or not. */
export const MARKS = ['agree', 'acceptable', 'wrong'] as const;
export type Mark = (typeof MARKS)[number];

/** Which of two predictions of one scan is better. */
export const PREFERENCES = ['left', 'right', 'same'] as const;
export type Preference = (typeof PREFERENCES)[number];

/** `acceptable`: is this prediction? `better`: which of these two is? */
export const QUESTIONS = ['acceptable', 'better'] as const;
export type Question = (typeof QUESTIONS)[number];

export type ReadingAnswer = Mark | Preference;

/** A prediction that may be shown. */
export interface Candidate {
  readonly patient: string;
  readonly scan: string;
  readonly run: string;
  readonly side: ReadingSide;
}

/** What lies behind a case. It never leaves the main process before the session is unblinded. */
export interface HiddenCase {
  /** 1-based place in the session: all that the reader is told. */
  readonly number: number;
  readonly question: Question;
  readonly patient: string;
  readonly scan: string;
  /** One prediction, or two from left to right. */
  readonly shown: readonly { readonly run: string; readonly side: ReadingSide }[];
  /** Number of the case that this one shows again; null for a first showing. */
  readonly repeats: number | null;
}

/** The answer to a case that counts: the last one given. */
export interface GivenAnswer {
  readonly number: number;
  readonly answer: ReadingAnswer;
}

/** Answers that fit a question, in the order of the keys 1, 2, 3. */
export function answersTo(question: Question): readonly ReadingAnswer[] {
  return question === 'acceptable' ? MARKS : PREFERENCES;
}
