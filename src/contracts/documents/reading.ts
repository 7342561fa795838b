/**
 * What a blinded reading tells the window. Before a session is unblinded the window knows its number, how far it has
 * come, and pictures; {@link Blind} keeps everything else out of these types, and the main process checks every answer
 * against the strict schemas here.
 */
import * as v from 'valibot';
import { MARKS, PREFERENCES, QUESTIONS } from '#src/readers/reading';
import type { ReadingResults } from '#src/readers/reading-results';
import type { PredictionMark, SessionRecord, StoredAnswer, StoredCase } from '#src/readers/session';

/**
 * Names that would say, or help to find out, what lies behind a case. A type with `Blind` cannot hold them: not as a
 * property of its own, and not through a spread or a wider object.
 */
type Blind = {
  readonly [
    K in
      | 'patient'
      | 'patientId'
      | 'scan'
      | 'scanId'
      | 'study'
      | 'studyId'
      | 'series'
      | 'seriesId'
      | 'seriesDescription'
      | 'phase'
      | 'run'
      | 'runs'
      | 'split'
      | 'fold'
      | 'side'
      | 'sides'
      | 'shown'
      | 'voxels'
      | 'prediction'
      | 'repeats'
      | 'salt'
      | 'plan'
  ]?: never;
};

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Progress of a session. */
const blindedSession = v.strictObject({
  session: count,
  reader: v.string(),
  /** ISO 8601. */
  startedAt: v.string(),
  state: v.picklist(['reading', 'paused', 'finished']),
  questions: v.array(v.picklist(QUESTIONS)),
  /** The seed that people see; alone it does not give the order away. */
  seed: v.number(),
  cases: count,
  answered: count,
  /** Number of the first case without an answer; null when all have one. */
  next: v.nullable(count),
});
export type BlindedSession = Readonly<v.InferOutput<typeof blindedSession>> & Blind;

/** One case as the reader sees it. */
const blindedCase = v.strictObject({
  session: count,
  /** 1-based place in the session. */
  number: count,
  question: v.picklist(QUESTIONS),
  /** The grid without its place in the scanner, which would tell scans apart. */
  geometry: v.strictObject({
    dims: v.tuple([count, count, count]),
    affine: v.array(v.number()),
    calibrated: v.boolean(),
  }),
  sampleType: v.picklist(['int16', 'uint16', 'float32', 'uint8']),
  samples: v.instance(ArrayBuffer),
  window: v.tuple([v.number(), v.number()]),
  invertDisplay: v.boolean(),
  /** One label number for each voxel. */
  left: v.instance(Uint8Array),
  /** Null where one prediction is judged. */
  right: v.nullable(v.instance(Uint8Array)),
  /** What was answered before, when the reader comes back to it. */
  answer: v.nullable(v.picklist([...MARKS, ...PREFERENCES])),
  note: v.string(),
});
export type BlindedCase = Readonly<v.InferOutput<typeof blindedCase>> & Blind;

/** What a session would come to; numbers only. */
export interface ReadingPreview {
  /** First showings and repeats of each question that was asked for, or why there are none. */
  readonly questions: readonly {
    readonly question: (typeof QUESTIONS)[number];
    readonly cases: number;
    readonly repeats: number;
    readonly patients: number;
    readonly problem: string | null;
  }[];
}

/** A session after its end, with everything that was hidden. */
export interface UnblindedReading {
  readonly schema: 'heldout.reading/1';
  readonly session: SessionRecord;
  readonly cases: readonly StoredCase[];
  /** Every answer ever given, oldest first. */
  readonly answers: readonly StoredAnswer[];
  readonly results: ReadingResults;
}

/** Notes and marks on the predictions of one run. */
export interface MarksDocument {
  readonly run: string;
  /** Who writes when nobody else is named: the person who is logged in on this computer. */
  readonly reader: string;
  readonly marks: readonly PredictionMark[];
}

/** @throws when anything stands in it that a reader must not know: a fault of the program */
export const blindSession = (session: BlindedSession): BlindedSession => v.parse(blindedSession, session);

/** @throws when anything stands in it that a reader must not know: a fault of the program */
export const blindCase = (shown: BlindedCase): BlindedCase => v.parse(blindedCase, shown);
