import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { blindCase, blindSession, type BlindedCase } from '#src/contracts/documents/reading';
import { answersTo } from '#src/readers/reading';
import { quietContext } from '#main/jobs/context';
import { diskProject } from '#main/training/testing/disk-project';
import { noLauncher, predictedRun } from '#main/training/testing/predicted-run';
import { marksOf, setMark } from './marks';
import {
  answerCase,
  finishReading,
  listReadings,
  previewReading,
  readingCase,
  readingProgress,
  setPaused,
  startReading,
  unblindedReading,
} from './readings';

let place: Awaited<ReturnType<typeof diskProject>>;
const context = quietContext();
const request = {
  ...{ runs: ['run-0', 'run-1'], questions: ['acceptable', 'better'] as const, count: 6 },
  ...{ repeatShare: 0.5, seed: 3, reader: 'Ann' },
};
const start = (changes: Partial<typeof request> = {}) =>
  startReading(place.project, { ...request, ...changes }, context, noLauncher);

beforeEach(async () => {
  place = await diskProject(6);
  await predictedRun(place.project, 'run-0', 0);
  await predictedRun(place.project, 'run-1', 1);
});
afterEach(async () => {
  await place.project.close();
  await place.remove();
});

describe('a blinded reading', () => {
  it('is read to its end and says then what it came to', async () => {
    const { project } = place;
    let progress = await start();
    expect(progress).toMatchObject({ session: 1, reader: 'Ann', cases: 18, answered: 0, next: 1, seed: 3 });
    while (progress.next !== null) {
      const shown = await readingCase(project, 1, progress.next);
      expect(shown.question).toBe(progress.next <= 9 ? 'acceptable' : 'better');
      // The held-out prediction lies one voxel beside the bright disk: its mean is lower.
      const answer =
        shown.right === null
          ? contrast(shown, shown.left) > 244
            ? 'agree'
            : 'wrong'
          : contrast(shown, shown.left) > contrast(shown, shown.right)
            ? 'left'
            : 'right';
      progress = answerCase(project, 1, { number: progress.next, answer, seconds: 2.5, note: 'n' });
    }
    const { results, cases, session } = finishReading(project, 1);
    expect(session).toMatchObject({ state: 'finished', runs: ['run-0', 'run-1'] });
    expect(cases).toHaveLength(18);
    expect(results).toMatchObject({ cases: 18, answered: 18, several: null });
    expect(results.acceptance).toMatchObject({ seen: { k: 3, n: 3 }, heldOut: { k: 0, n: 3 } });
    // Every pair has a prediction that fits its disk and one that lies beside it.
    expect(results.preferences[0]).toMatchObject({ first: 'seen', k: 6, n: 6, ties: 0 });
    expect(results.preferences[0]?.pTwoSided).toBeCloseTo(2 / 64, 12);
    expect(results.consistency).toMatchObject([
      { question: 'acceptable', n: 3, agreement: 1 },
      { question: 'better', n: 3, agreement: 1 },
    ]);
    expect(unblindedReading(project, 1)).toEqual(finishReading(project, 1));
  });

  it('goes on where it was after the project was closed, and keeps corrected answers', async () => {
    await start();
    answerCase(place.project, 1, { number: 1, answer: 'wrong', seconds: 1, note: '' });
    answerCase(place.project, 1, { number: 1, answer: 'agree', seconds: 2, note: 'looked again' });
    setPaused(place.project, 1, true);
    await place.project.close();
    place = { ...place, project: await place.open() };
    const { project } = place;
    expect(listReadings(project)).toMatchObject([{ session: 1, state: 'paused', answered: 1, next: 2 }]);
    await expect(readingCase(project, 1, 2)).rejects.toThrow('is paused: resume it');
    expect(() => answerCase(project, 1, { number: 2, answer: 'agree', seconds: 1, note: '' })).toThrow(
      'is paused',
    );
    expect(setPaused(project, 1, false)).toMatchObject({ state: 'reading' });
    expect(await readingCase(project, 1, 1)).toMatchObject({ answer: 'agree', note: 'looked again' });
    expect(finishReading(project, 1).answers.map(({ answer }) => answer)).toEqual(['wrong', 'agree']);
    expect(finishReading(project, 1).results.answered).toBe(1);
  });

  it('shows no case before its time, takes no wrong answer, and none after the end', async () => {
    const { project } = place;
    await start();
    expect(await readingCase(project, 1, 2)).toMatchObject({ number: 2, answer: null });
    await expect(readingCase(project, 1, 3)).rejects.toThrow('has not come yet; the next one is 1');
    const early = { number: 2, answer: 'agree' as const, seconds: 1, note: '' };
    expect(() => answerCase(project, 1, early)).toThrow('has not come yet');
    await expect(readingCase(project, 1, 19)).rejects.toThrow('has not come yet');
    const given = { number: 1, answer: 'left' as const, seconds: 1, note: '' };
    expect(() => answerCase(project, 1, given)).toThrow('say agree, acceptable, wrong');
    expect(() => unblindedReading(project, 1)).toThrow('is still blinded');
    finishReading(project, 1);
    await expect(readingCase(project, 1, 1)).rejects.toThrow('is finished and unblinded');
    expect(() => setPaused(project, 1, true)).toThrow('is finished and unblinded');
    expect(() => readingProgress(project, 2)).toThrow('There is no reading 2');
  });

  it('keeps showing what it began with when the run goes on training', async () => {
    const { project } = place;
    await start();
    const before = await readingCase(project, 1, 1);
    for (const run of ['run-0', 'run-1']) await rm(project.runFolder(run), { recursive: true });
    expect(await readingCase(project, 1, 1)).toEqual(before);
  });

  it('says nothing of what cannot be read', async () => {
    const { project } = place;
    await start();
    const [first] = project.readings.cases(1);
    if (first === undefined) throw new Error('no case');
    await rm(project.voxels.path(first.shown[0]?.prediction ?? ''));
    const failure = await readingCase(project, 1, 1).then(
      () => null,
      (error: unknown) => error,
    );
    expect(String(failure)).toContain('Case 1 cannot be shown');
    expect(String(failure)).not.toMatch(/P\d{4}|run-|[0-9a-f]{64}/u);
  });

  it('is foretold in numbers', async () => {
    const { project } = place;
    expect(await previewReading(project, request)).toEqual({
      questions: [
        { question: 'acceptable', cases: 6, repeats: 3, patients: 6, problem: null },
        { question: 'better', cases: 6, repeats: 3, patients: 6, problem: null },
      ],
    });
    const one = await previewReading(project, { ...request, runs: ['run-0'] });
    expect(one.questions[1]).toMatchObject({ cases: 0, problem: expect.stringContaining('choose two runs') });
  });

  it('refuses runs without held-out patients and those that are not finished', async () => {
    const { project } = place;
    project.registry.updateRun('run-1', { state: 'running' });
    await expect(start()).rejects.toThrow('run-1 is running');
    project.registry.updateRun('run-1', { state: 'done', fold: null });
    await expect(start()).rejects.toThrow('no held-out patients');
    await expect(start({ runs: ['run-9'] })).rejects.toThrow('There is no run called run-9');
    expect(project.readings.sessions()).toEqual([]);
  });
});

/** Mean of the image within the labels: a disk of 250 on noise around 100. */
function contrast(shown: BlindedCase, labels: Uint8Array): number {
  const image = new Int16Array(shown.samples);
  let [sum, n] = [0, 0];
  labels.forEach((label, at) => {
    if (label === 0) return;
    sum += image[at] ?? 0;
    n += 1;
  });
  return sum / n;
}

describe('the types of a blinded reading', () => {
  it('cannot hold what is hidden, and the schemas refuse it at run time', async () => {
    await start();
    const shown = await readingCase(place.project, 1, 1);
    const hidden = { ...shown, side: 'seen' };
    expectTypeOf<typeof hidden>().not.toExtend<BlindedCase>();
    expect(() => blindCase(hidden as never)).toThrow();
    const progress = readingProgress(place.project, 1);
    const named = { ...progress, runs: ['run-0'] };
    expectTypeOf<typeof named>().not.toExtend<typeof progress>();
    expect(() => blindSession(named as never)).toThrow();
  });

  it('have no place for the scanner’s coordinates', async () => {
    const { project } = place;
    for (const { id, voxels } of project.registry.scans()) {
      const { samples, geometry } = await project.voxels.get(voxels);
      const affine = geometry.affine.map((value, at) => (at % 4 === 3 && at < 12 ? 100 * id + at : value));
      const moved = await project.voxels.put({ samples, geometry: { ...geometry, affine } });
      project.registry.database.run('update scans set voxels = ? where id = ?', [moved, id]);
    }
    await start();
    const { geometry } = await readingCase(project, 1, 1);
    expect(geometry.affine).toEqual([1.5, 0, 0, 0, 0, 1.5, 0, 0, 0, 0, 8, 0, 0, 0, 0, 1]);
  });
});

describe('notes and marks', () => {
  const mark = { run: 'run-0', scan: 'P0001.1', mark: 'wrong' as const, note: '  apex missed ' };

  it('are kept for the person at this computer', () => {
    const { project } = place;
    const { reader } = marksOf(project, 'run-0');
    expect(setMark(project, mark).marks).toMatchObject([
      { patient: 'P0001', scan: 'P0001.1', mark: 'wrong', note: 'apex missed', reader },
    ]);
    expect(setMark(project, { ...mark, mark: null, note: ' ' }).marks).toEqual([]);
  });

  it('refuse unknown runs and scans and notes that are too long', () => {
    const { project } = place;
    expect(() => setMark(project, { ...mark, run: 'run-9' })).toThrow('no run called run-9');
    expect(() => setMark(project, { ...mark, scan: 'P0009.1' })).toThrow('no scan called P0009.1');
    expect(() => setMark(project, { ...mark, note: 'ä'.repeat(2001) })).toThrow('at most 2000 characters');
    expect(setMark(project, { ...mark, note: '😀'.repeat(2000) }).marks).toHaveLength(1);
    expect(answersTo('acceptable')).toContain(mark.mark);
  });
});
