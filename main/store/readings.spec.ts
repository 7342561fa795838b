import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredCase } from '#src/readers/session';
import type { Project } from './project';
import { gridOf, newScan, temporaryProject } from './testing/temporary-project';

let temporary: Awaited<ReturnType<typeof temporaryProject>>;
let project: Project;
const run = (id: string) => ({
  ...{ id, split: 'by-patient', fold: 0, state: 'done' as const, createdAt: '2026-01-01T00:00:00Z' },
  ...{ step: 7, seconds: 1, backend: 'tensorflow', reason: null },
});

beforeEach(async () => {
  temporary = await temporaryProject();
  project = temporary.project;
  const geometry = gridOf([4, 4, 2]);
  const voxels = await project.voxels.put({ samples: new Int16Array(32), geometry });
  project.registry.addScans(['a', 'b'].map((patientKey) => newScan(voxels, geometry, { patientKey })));
  project.registry.addRun(run('run-1'));
  project.registry.addRun(run('run-2'));
});
afterEach(async () => {
  await project.close();
  await temporary.remove();
});

async function reopen() {
  await project.close();
  project = await temporary.open();
}

const cases: readonly StoredCase[] = [
  {
    ...{ number: 1, question: 'acceptable', patient: 'P0002', scan: 'P0002.1', repeats: null },
    shown: [{ run: 'run-1', side: 'heldOut', prediction: 'a'.repeat(64) }],
  },
  {
    ...{ number: 2, question: 'better', patient: 'P0001', scan: 'P0001.1', repeats: null },
    shown: [
      { run: 'run-2', side: 'seen', prediction: 'b'.repeat(64) },
      { run: 'run-1', side: 'heldOut', prediction: 'c'.repeat(64) },
    ],
  },
  {
    ...{ number: 3, question: 'acceptable', patient: 'P0002', scan: 'P0002.1', repeats: 1 },
    shown: [{ run: 'run-1', side: 'heldOut', prediction: 'a'.repeat(64) }],
  },
];
const session = {
  ...{ reader: 'Ann', questions: ['acceptable', 'better'] as const, count: 2, repeatShare: 0.5 },
  ...{ seed: 1, salt: 77, runs: ['run-1', 'run-2'] },
};

describe('stored readings', () => {
  it('keep their plan, their cases with the hidden side, and every answer', async () => {
    const { id, startedAt } = project.readings.add(session, cases);
    project.readings.addAnswer(id, { number: 1, answer: 'wrong', seconds: 4.5, note: '' });
    project.readings.addAnswer(id, { number: 2, answer: 'left', seconds: 2, note: 'apex' });
    project.readings.addAnswer(id, { number: 1, answer: 'agree', seconds: 1, note: 'on second thoughts' });
    await reopen();
    expect(project.readings.session(id)).toEqual({
      ...session,
      ...{ id, startedAt, state: 'reading', finishedAt: null },
    });
    expect(project.readings.cases(id)).toEqual(cases);
    expect(project.readings.answers(id)).toMatchObject([
      { number: 1, answer: 'wrong', seconds: 4.5, note: '' },
      { number: 2, answer: 'left', seconds: 2, note: 'apex' },
      { number: 1, answer: 'agree', seconds: 1, note: 'on second thoughts' },
    ]);
    for (const { at } of project.readings.answers(id)) expect(new Date(at).toISOString()).toBe(at);
  });

  it('are paused, resumed and finished; the newest comes first', () => {
    const first = project.readings.add(session, cases);
    const second = project.readings.add(session, cases);
    expect(project.readings.setState(first.id, 'paused')).toMatchObject({
      state: 'paused',
      finishedAt: null,
    });
    const finished = project.readings.setState(first.id, 'finished');
    expect(finished.finishedAt).not.toBeNull();
    expect(project.readings.sessions()).toEqual([second, finished]);
    expect(() => project.readings.session(99)).toThrow('There is no reading 99');
  });

  it('take no answer to a case that they do not have', () => {
    const { id } = project.readings.add(session, cases);
    expect(() =>
      project.readings.addAnswer(id, { number: 4, answer: 'agree', seconds: 1, note: '' }),
    ).toThrow();
    expect(project.readings.answers(id)).toEqual([]);
  });

  it('name the patient that a scan has after a merge', () => {
    const { id } = project.readings.add(session, cases);
    project.registry.persons.merge('P0001', 'P0002', '');
    expect(project.readings.cases(id).map(({ patient }) => patient)).toEqual(['P0001', 'P0001', 'P0001']);
  });
});

describe('notes and marks', () => {
  const mark = {
    scan: 'P0001.1',
    run: 'run-1',
    reader: 'Ann',
    mark: 'wrong' as const,
    note: 'leaks into the valve',
  };

  it('are one for each scan, run and reader; the later one counts', async () => {
    project.marks.set(mark);
    project.marks.set({ ...mark, scan: 'P0002.1', mark: null, note: 'nice' });
    project.marks.set({ ...mark, reader: 'Bob', mark: 'agree', note: '' });
    project.marks.set({ ...mark, run: 'run-2' });
    project.marks.set({ ...mark, mark: 'acceptable' });
    await reopen();
    expect(project.marks.of('run-1')).toMatchObject([
      { ...mark, patient: 'P0001', mark: 'acceptable' },
      { patient: 'P0001', reader: 'Bob', mark: 'agree', note: '' },
      { patient: 'P0002', reader: 'Ann', mark: null, note: 'nice' },
    ]);
    expect(project.marks.of('run-2')).toHaveLength(1);
  });

  it('go when both are taken back', () => {
    project.marks.set(mark);
    project.marks.set({ ...mark, reader: 'Bob' });
    project.marks.set({ ...mark, mark: null, note: '' });
    expect(project.marks.of('run-1').map(({ reader }) => reader)).toEqual(['Bob']);
  });
});
