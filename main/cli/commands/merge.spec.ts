/** `heldout merge` as a person types it, on a project with a patient who came under two ids. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mergeDocument } from '#src/contracts/documents/merge';
import { mergePairsDocument } from '#src/contracts/documents/merge-pairs';
import { gridOf, newScan, temporaryProject } from '#main/store/testing/temporary-project';
import { runCommandLine } from '../run-command';
import { commands } from './index';

let place: Awaited<ReturnType<typeof temporaryProject>>;
let configBefore: string | undefined;

beforeEach(async () => {
  place = await temporaryProject();
  const geometry = gridOf([4, 4, 2]);
  for (const [index, patientKey] of ['K1', 'K2', 'K3'].entries()) {
    const samples = Int16Array.from({ length: 32 }, (_, voxel) => (voxel * (7 + 12 * index)) % 31);
    place.project.registry.addScans([
      newScan(await place.project.voxels.put({ samples, geometry }), geometry, {
        patientKey,
        identity: index === 2 ? {} : { name: 'Roe^Ann', birthDate: '19600101' },
        study: { uid: `1.2.${index}` },
      }),
    ]);
  }
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

it('suggests, merges, lists and undoes, and forgets two people', async () => {
  const suggested = await heldout('merge', 'suggest');
  expect(suggested).toMatchObject({ code: 0, out: expect.stringContaining('P0001 and P0002') as string });
  expect(suggested.out).toContain('same name and birth date');
  expect(suggested.out).not.toMatch(/roe|1960/iu);

  const json = async (...words: string[]) =>
    v.parse(mergeDocument, JSON.parse((await heldout(...words, '--json')).out));
  const merged = await json('merge', 'P0001', 'P0002', '--reason', 'told by the ward');
  expect(merged.merges).toMatchObject([
    { id: 1, kept: 'P0001', merged: 'P0002', reason: 'told by the ward' },
  ]);
  expect((await heldout('list', 'patients')).out).toMatch(/P0001.*2.*P0002/u);

  expect(await heldout('merge', 'undo', '1')).toMatchObject({
    code: 0,
    out: 'P0001 and P0002 are two patients again.\n',
  });
  expect((await heldout('list', 'patients')).out).toMatch(/^P0002/mu);
  expect((await json('merge', 'dismiss', 'P0002', 'P0001')).suggestions).toEqual([]);
});

it.each([
  [['merge', 'P0001'], /Name two patients/u],
  [['merge', 'P0001', 'P0002', 'P0003'], /Name two patients/u],
  [['merge', 'P0001', 'P0099'], /no patient called P0099/u],
  [['merge', 'undo', 'x'], /"x" is no merge/u],
  [['merge', 'undo', '7'], /no merge 7/u],
])('refuses %j with a sentence', async (words, sentence) => {
  expect(await heldout(...words)).toMatchObject({ code: 2, err: expect.stringMatching(sentence) as string });
});

async function pairsFile(text: string): Promise<string> {
  const file = join(place.root, 'pairs.csv');
  await writeFile(file, text);
  return file;
}

it('merges the pairs of a file at once; looking first and the same file again change nothing', async () => {
  const file = await pairsFile('keep,merge\nP0001,P0002\nP0002,P0003\n');
  const pairs = async (...words: string[]) =>
    v.parse(
      mergePairsDocument,
      JSON.parse((await heldout('merge', '--pairs', file, ...words, '--json')).out),
    );
  const merged = [
    { line: 2, kept: 'P0001', merged: 'P0002' },
    { line: 3, kept: 'P0001', merged: 'P0003' },
  ];
  expect(await heldout('merge', '--pairs', file, '--dry-run')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/2 pairs of patients would become one\. Nothing was changed\.\n$/u) as string,
  });
  expect(await pairs('--dry-run')).toMatchObject({ dryRun: true, merged });
  expect(await pairs('--reason', 'told by the ward')).toMatchObject({ pairs: 2, alreadyOne: 0, merged });
  expect(await pairs()).toMatchObject({ pairs: 2, alreadyOne: 2, merged: [] });
  expect((await heldout('merge', '--pairs', file)).out).toBe(
    '0 pairs of patients became one; 2 were one already.\n',
  );
  const { merges } = v.parse(mergeDocument, JSON.parse((await heldout('merge', 'suggest', '--json')).out));
  expect(merges).toMatchObject([
    { kept: 'P0001', merged: 'P0002', scans: ['P0002.1'], reason: 'told by the ward' },
    { kept: 'P0001', merged: 'P0003', scans: ['P0003.1'] },
  ]);
  expect((await heldout('list', 'patients')).out).toMatch(/^P0001\s.*\b3\b/mu);
});

it.each([
  ['P0001,P0002\nP0001,K3', /line 2: the second column names no patient .* codes/u],
  ['K1,K2\nP0001,P0001', /line 1: the first and the second column .*; line 2: both columns name the same/u],
  ['P0001,P0002\nK1', /Line 2 of the pairs needs two columns/u],
])('a file with %j merges nothing, and no id is repeated', async (text, sentence) => {
  const ended = await heldout('merge', '--pairs', await pairsFile(text));
  expect(ended).toMatchObject({ code: 2, err: expect.stringMatching(sentence) as string });
  expect(ended.err).not.toMatch(/\bK\d/u);
  const { merges } = v.parse(mergeDocument, JSON.parse((await heldout('merge', 'suggest', '--json')).out));
  expect(merges).toEqual([]);
});

it.each([
  [['merge', 'P0001', 'P0002', '--pairs', 'x.csv'], /and not both/u],
  [['merge', 'P0001', 'P0002', '--dry-run'], /--dry-run goes with --pairs/u],
  [['merge', '--pairs', 'nowhere.csv'], /nowhere\.csv cannot be read/u],
])('refuses %j', async (words, sentence) => {
  expect(await heldout(...words)).toMatchObject({ code: 2, err: expect.stringMatching(sentence) as string });
});
