import { randomInt } from 'node:crypto';
import { userInfo } from 'node:os';
import {
  blindCase,
  blindSession,
  type BlindedCase,
  type BlindedSession,
  type ReadingPreview,
  type UnblindedReading,
} from '#src/contracts/documents/reading';
import { HeldoutError } from '#src/contracts/failure';
import type { Geometry } from '#src/imaging/geometry';
import { sampleTypeOf } from '#src/imaging/volume';
import { dealSession } from '#src/readers/deal-session';
import { answersTo, type HiddenCase, type Question, type ReadingAnswer } from '#src/readers/reading';
import { readingResults } from '#src/readers/reading-results';
import type { SessionRecord, StoredAnswer, StoredCase } from '#src/readers/session';
import { answersThatCount, hasCome, nextCase, stateAfter } from '#src/readers/session-state';
import type { JobContext } from '#main/jobs/context';
import type { Launcher } from '#main/jobs/launcher';
import type { Project } from '#main/store/project';
import { readVoxelFile } from '#main/store/voxel-file';
import { predictScans } from './predict';
import { readingCandidates } from './reading-candidates';

/** What a person asks for. */
export interface ReadingRequest {
  readonly runs: readonly string[];
  readonly questions: readonly Question[];
  /** First showings for each question, at most. */
  readonly count: number;
  /** 0 to 0.5. */
  readonly repeatShare: number;
  readonly seed: number;
  /** Defaults to the person who is logged in on this computer. */
  readonly reader?: string | undefined;
}

/** Largest salt, exclusive. */
const SALTS = 2 ** 31;

/**
 * How many cases a session would have. It is dealt with another secret than the session will be: numbers do not depend
 * on it, the order does.
 *
 * @throws HeldoutError as {@link readingCandidates}
 */
export async function previewReading(
  project: Project,
  { runs, questions, count, repeatShare, seed }: ReadingRequest,
): Promise<ReadingPreview> {
  const candidates = await readingCandidates(project, runs);
  return {
    questions: questions.map((question) => {
      try {
        const cases = dealSession({
          ...{ candidates, questions: [question], count, repeatShare, seed },
          salt: randomInt(SALTS),
        });
        const repeats = cases.filter((each) => each.repeats !== null).length;
        const patients = new Set(cases.map(({ patient }) => patient)).size;
        return { question, cases: cases.length - repeats, repeats, patients, problem: null };
      } catch (error) {
        if (!(error instanceof HeldoutError)) throw error;
        return { question, cases: 0, repeats: 0, patients: 0, problem: error.failure.sentence };
      }
    }),
  };
}

/**
 * Deals a session, predicts all that it shows and keeps these predictions as they are now, so that no case takes longer
 * than another one and a repeat shows what was shown.
 *
 * @throws HeldoutError as {@link readingCandidates}, `usage` when a question has nothing to show, `cancelled`, `resource`
 */
export async function startReading(
  project: Project,
  request: ReadingRequest,
  context: JobContext,
  launcher: Launcher,
): Promise<BlindedSession> {
  const candidates = await readingCandidates(project, request.runs);
  const { questions, count, repeatShare, seed, reader = userInfo().username } = request;
  const salt = randomInt(SALTS);
  const cases = dealSession({ candidates, questions, count, repeatShare, seed, salt });
  const frozen = await frozenPredictions(project, cases, context, launcher);
  const session = project.readings.add(
    { reader, questions, count, repeatShare, seed, salt, runs: [...new Set(request.runs)] },
    cases.map((each) => ({
      ...each,
      shown: each.shown.map((shown) => ({ ...shown, prediction: frozen(shown.run, each.scan) })),
    })),
  );
  return blinded(project, session);
}

/** Every session as far as it may be known, the newest first. */
export function listReadings(project: Project): BlindedSession[] {
  return project.readings.sessions().map((session) => blinded(project, session));
}

/** A session as far as it may be known. @throws HeldoutError `not-found` */
export function readingProgress(project: Project, id: number): BlindedSession {
  return blinded(project, project.readings.session(id));
}

/**
 * The pictures of one case, and nothing else. The window may have the cases that were answered, the next one, and the one
 * after that, which it reads ahead.
 *
 * @throws HeldoutError `not-found` for a case that has not come yet, `conflict` unless the session is being read,
 *   `resource` when its files cannot be read: without saying which
 */
export async function readingCase(project: Project, id: number, number: number): Promise<BlindedCase> {
  stateAfter(id, project.readings.session(id).state, 'read');
  const { hidden, given } = reached(project, id, number, 1);
  try {
    const scan = project.registry.scanNamed(hidden.scan);
    const { samples, geometry } = await project.voxels.get(scan.voxels);
    const [left, right] = await Promise.all(
      hidden.shown.map(async ({ prediction }) => labelsOf((await project.voxels.get(prediction)).samples)),
    );
    if (left === undefined) throw new Error('nothing is shown');
    return blindCase({
      session: id,
      number,
      question: hidden.question,
      geometry: withoutPlace(geometry),
      sampleType: sampleTypeOf(samples),
      samples: ownBytes(samples),
      window: [scan.window[0], scan.window[1]],
      invertDisplay: scan.invertDisplay,
      left,
      right: right ?? null,
      answer: given?.answer ?? null,
      note: given?.note ?? '',
    });
  } catch (error) {
    // What went wrong may name the scan or the run: that is for the log.
    throw new HeldoutError(
      'resource',
      `Case ${number} cannot be shown, because its files cannot be read. Pause the reading and look into the log.`,
      error instanceof HeldoutError
        ? `${error.failure.sentence} ${error.failure.details ?? ''}`
        : String(error),
    );
  }
}

/**
 * Keeps an answer; an answer to a case that has one takes its place, and the earlier one stays in the record.
 *
 * @throws HeldoutError `not-found` for a case that has not come yet, `conflict` unless the session is being read, `usage`
 *   for an answer to the other question
 */
export function answerCase(
  project: Project,
  id: number,
  given: {
    readonly number: number;
    readonly answer: ReadingAnswer;
    readonly seconds: number;
    readonly note: string;
  },
): BlindedSession {
  stateAfter(id, project.readings.session(id).state, 'read');
  const { hidden } = reached(project, id, given.number, 0);
  if (!answersTo(hidden.question).includes(given.answer))
    throw new HeldoutError(
      'usage',
      `"${given.answer}" does not answer case ${given.number}: say ${answersTo(hidden.question).join(', ')}.`,
    );
  project.readings.addAnswer(id, given);
  return readingProgress(project, id);
}

/** Pauses or resumes. @throws HeldoutError `not-found`, `conflict` for a session that is finished */
export function setPaused(project: Project, id: number, isPaused: boolean): BlindedSession {
  const { state } = project.readings.session(id);
  return blinded(
    project,
    project.readings.setState(id, stateAfter(id, state, isPaused ? 'pause' : 'resume')),
  );
}

/**
 * Ends a session and says what lay behind it. Cases without an answer stay without one.
 *
 * @throws HeldoutError `not-found`
 */
export function finishReading(project: Project, id: number): UnblindedReading {
  if (project.readings.session(id).state !== 'finished') project.readings.setState(id, 'finished');
  return unblindedReading(project, id);
}

/** A finished session with all that was hidden. @throws HeldoutError `not-found`, `conflict` before its end */
export function unblindedReading(project: Project, id: number): UnblindedReading {
  const session = project.readings.session(id);
  if (session.state !== 'finished')
    throw new HeldoutError(
      'conflict',
      `The reading ${id} is still blinded: finish it first, in the window under Reading. It takes no answers after that.`,
    );
  const cases = project.readings.cases(id);
  const answers = project.readings.answers(id);
  return {
    schema: 'heldout.reading/1',
    session,
    cases,
    answers,
    results: readingResults(cases, [...answersThatCount(answers).values()]),
  };
}

/** A case that was answered, is the next one, or comes up to `ahead` cases after it. */
function reached(
  project: Project,
  id: number,
  number: number,
  ahead: number,
): { readonly hidden: StoredCase; readonly given: StoredAnswer | undefined } {
  const cases = project.readings.cases(id);
  const answers = answersThatCount(project.readings.answers(id));
  const hidden = cases[number - 1];
  if (hidden === undefined || !hasCome(number, cases.length, answers, ahead))
    throw new HeldoutError(
      'not-found',
      `Case ${number} of this reading has not come yet; the next one is ${nextCase(cases.length, answers) ?? 'none'}.`,
    );
  return { hidden, given: answers.get(number) };
}

/** Field by field: nothing of the record gets into what the window is told but what is named here. */
function blinded(project: Project, session: SessionRecord): BlindedSession {
  const cases = project.readings.cases(session.id).length;
  const answered = answersThatCount(project.readings.answers(session.id));
  return blindSession({
    session: session.id,
    reader: session.reader,
    startedAt: session.startedAt,
    state: session.state,
    questions: [...session.questions],
    seed: session.seed,
    cases,
    answered: answered.size,
    next: nextCase(cases, answered),
  });
}

/** Predicts what the cases show and puts it into the voxel store, which never forgets. */
async function frozenPredictions(
  project: Project,
  cases: readonly HiddenCase[],
  context: JobContext,
  launcher: Launcher,
): Promise<(run: string, scan: string) => string> {
  const wanted = new Map<string, Set<string>>();
  for (const { scan, shown } of cases)
    for (const { run } of shown) wanted.set(run, (wanted.get(run) ?? new Set()).add(scan));
  const names = new Map<string, string>();
  for (const [run, scans] of wanted)
    for (const [scan, file] of await predictScans(project, run, [...scans], context, launcher))
      names.set(`${run} ${scan}`, await project.voxels.put(await readVoxelFile(file)));
  return (run, scan) => {
    const name = names.get(`${run} ${scan}`);
    if (name === undefined)
      throw new HeldoutError('internal', `The run ${run} gave no prediction for the scan ${scan}.`);
    return name;
  };
}

/** The grid with its first voxel at the origin: directions and spacing stay. */
function withoutPlace({ dims, affine, calibrated }: Geometry): BlindedCase['geometry'] {
  return {
    dims: [dims[0], dims[1], dims[2]],
    affine: affine.map((value, at) => (at === 3 || at === 7 || at === 11 ? 0 : value)),
    calibrated,
  };
}

function labelsOf(samples: ArrayBufferView): Uint8Array<ArrayBuffer> {
  if (!(samples instanceof Uint8Array)) throw new Error('a prediction that holds no labels');
  // Electron sends the whole buffer under a view.
  return new Uint8Array(ownBytes(samples));
}

function ownBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): ArrayBuffer {
  const own = new Uint8Array(byteLength);
  own.set(new Uint8Array(buffer, byteOffset, byteLength));
  return own.buffer;
}
