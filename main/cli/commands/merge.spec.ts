/** `heldout merge` as a person types it, on a project with a patient who came under two ids. */
import * as v from 'valibot';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mergeDocument } from '#src/contracts/documents/merge';
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
