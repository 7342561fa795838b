import type { HiddenCase, Mark, Question, ReadingAnswer } from './reading';

/** `reading` also while the window is closed; a finished session is unblinded and takes no more answers. */
export type SessionState = 'reading' | 'paused' | 'finished';

/** A session as it was planned: with its cases, enough to deal it again. */
export interface SessionRecord {
  readonly id: number;
  readonly reader: string;
  readonly state: SessionState;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly questions: readonly Question[];
  /** First showings asked for, for each question. */
  readonly count: number;
  readonly repeatShare: number;
  readonly seed: number;
  /** The secret half of the seed. */
  readonly salt: number;
  readonly runs: readonly string[];
}

/** A case with the predictions as they were when the session began: SHA-256 of their voxel files. */
export interface StoredCase extends HiddenCase {
  readonly shown: readonly (HiddenCase['shown'][number] & { readonly prediction: string })[];
}

/** One answer; a case may have several, of which the last one counts. */
export interface StoredAnswer {
  readonly number: number;
  readonly answer: ReadingAnswer;
  /** ISO 8601. */
  readonly at: string;
  /** From the moment that the case was on the screen. */
  readonly seconds: number;
  readonly note: string;
}

/** What somebody thinks of the prediction of a run for a scan, knowing what it is. */
export interface PredictionMark {
  readonly patient: string;
  readonly scan: string;
  readonly run: string;
  readonly reader: string;
  /** Null for a note alone. */
  readonly mark: Mark | null;
  readonly note: string;
  /** ISO 8601. */
  readonly at: string;
}

/** The longest note, in characters. */
export const LONGEST_NOTE = 2000;
