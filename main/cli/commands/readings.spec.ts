/** `heldout readings` as a person types it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { quietContext } from '#main/jobs/context';
import { answerCase, finishReading, startReading } from '#main/operations/readings';
import { diskProject } from '#main/training/testing/disk-project';
import { noLauncher, predictedRun } from '#main/training/testing/predicted-run';
import { runCommandLine } from '../run-command';
import { commands } from './index';

let place: Awaited<ReturnType<typeof diskProject>>;
let configBefore: string | undefined;

beforeEach(async () => {
  place = await diskProject(4);
  await predictedRun(place.project, 'run-0', 0);
  const plan = { runs: ['run-0'], questions: ['acceptable'] as const, count: 4, repeatShare: 0.5, seed: 2 };
  // One finished reading with a corrected answer, and one that is still blinded.
  for (let session = 1; session <= 2; session += 1)
    await startReading(place.project, { ...plan, reader: 'Ann' }, quietContext(), noLauncher);
  const given = { seconds: 1.5, note: '' };
  answerCase(place.project, 1, { ...given, number: 1, answer: 'wrong' });
  answerCase(place.project, 1, { ...given, number: 1, answer: 'agree', note: '=1+1' });
  for (let number = 2; number <= 6; number += 1)
    answerCase(place.project, 1, { ...given, number, answer: 'agree' });
  finishReading(place.project, 1);
  await place.project.close();
  configBefore = process.env['HELDOUT_CONFIG'];
  process.env['HELDOUT_CONFIG'] = place.root;
});
afterEach(async () => {
  if (configBefore === undefined) delete process.env['HELDOUT_CONFIG'];
  else process.env['HELDOUT_CONFIG'] = configBefore;
  await place.remove();
});

async function heldout(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({ write: (text: string) => (written[name] += text) });
  const code = await runCommandLine(
    commands,
    [...words, '--project', place.folder],
    'test',
    { out: stream('out'), err: stream('err') },
    new AbortController().signal,
    () => Promise.resolve(''),
  );
  return { code, ...written };
}

it('lists readings without saying what is shown', async () => {
  const { code, out } = await heldout('readings', 'list', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    schema: 'heldout.readings/1',
    readings: [
      { session: 2, state: 'reading', answered: 0, cases: 6 },
      { session: 1, state: 'finished', answered: 6 },
    ],
  });
  expect(out).not.toMatch(/run-0|P000|salt|seen/u);
  expect((await heldout('readings', 'list')).out).toMatch(/^reading +reader/u);
});

it('shows a finished reading with an n beside each number, and refuses a blinded one', async () => {
  const { code, out } = await heldout('readings', 'show', '1');
  expect(code).toBe(0);
  expect(out).toContain('Accepted, held-out: 2 of n = 2, 1 (0.158 to 1).');
  expect(out).toContain(
    'Own agreement (acceptable): n = 2 repeats of 2 patients, 1 the same, kappa not defined.',
  );
  const json = JSON.parse((await heldout('readings', 'show', '1', '--json')).out) as { schema: string };
  expect(json.schema).toBe('heldout.reading/1');
  const blinded = await heldout('readings', 'show', '2');
  expect(blinded).toMatchObject({ code: 2, out: '' });
  expect(blinded.err).toContain('is still blinded');
  expect(blinded.err).not.toMatch(/run-0|P000/u);
  expect(await heldout('readings', 'show', 'x')).toMatchObject({ code: 2 });
});

it('exports every case, with the answer that counts and how many were given', async () => {
  const folder = join(place.root, 'out');
  const { code, out } = await heldout('readings', 'export', '1', '--out', folder);
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(2);
  const [head = '', first = '', ...rest] = (
    await readFile(join(folder, 'reading-1.cases.csv'), 'utf8')
  ).split('\r\n');
  const row = Object.fromEntries(head.split(',').map((name, at) => [name, first.split(',')[at]]));
  expect(row).toMatchObject({
    reading: '1',
    reader: 'Ann',
    case: '1',
    answer: 'agree',
    seconds: '3',
    answers: '2',
  });
  expect(row['note']).toBe("'=1+1");
  expect(rest.filter((line) => line !== '')).toHaveLength(5);
  const document = JSON.parse(await readFile(join(folder, 'reading-1.json'), 'utf8')) as {
    answers: unknown[];
  };
  expect(document.answers).toHaveLength(7);
  expect(await heldout('readings', 'export', '2', '--out', folder)).toMatchObject({ code: 2 });
});
