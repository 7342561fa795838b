/** What the lists say of views and phases. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { gridOf, newScan, temporaryProject } from '#main/store/testing/temporary-project';
import { runCommandLine } from '../run-command';
import { list } from './list';
import { splitAudit, splitCreate, splitShow } from './split';
import { splitExport, splitImport } from './split-exchange';

let place: Awaited<ReturnType<typeof temporaryProject>>;

/** Three patients with two phases, of which the later one is end diastole; the third has one phase only. */
beforeEach(async () => {
  place = await temporaryProject();
  vi.stubEnv('HELDOUT_CONFIG', place.root);
  const { project } = place;
  const geometry = gridOf([4, 4, 6]);
  for (const [patient, phases] of [
    [0, [0, 7]],
    [1, [0, 9]],
    [2, [0]],
  ] as const)
    for (const phase of phases) {
      const samples = Int16Array.from({ length: 96 }, (_, voxel) => 100 * patient + 10 * phase + voxel);
      const { added } = project.registry.addScans([
        newScan(await project.voxels.put({ samples, geometry }), geometry, {
          patientKey: `HOSPITAL-${patient}`,
          study: { uid: `1.2.3.${patient}` },
          series: { uid: `1.2.3.${patient}.1`, description: 'cine', modality: 'MR' },
          view: 'short axis',
          phase,
        }),
      ]);
      const size = phase === 0 ? 10 : 20;
      for (const { id } of added) await project.masks.save(id, new Uint8Array(96).fill(1, 20, 20 + size));
    }
  await project.close();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await place.remove();
});

async function call(...words: string[]) {
  const { code, text, notes } = await callFor(...words);
  expect([code, notes]).toEqual([0, '']);
  return text;
}

async function callFor(...words: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommandLine(
    [list, splitCreate, splitShow, splitAudit, splitExport, splitImport],
    [...words, '--project', place.folder],
    '1.2.3',
    { out: { write: (text) => out.push(text) }, err: { write: (text) => err.push(text) } },
    new AbortController().signal,
    () => Promise.resolve('heldout.log'),
  );
  return { code, text: out.join(''), notes: err.join('') };
}

/** Lines with single spaces between columns. */
const linesOf = (text: string) => text.split('\n').map((line) => line.trim().replace(/\s+/gu, ' '));

describe('views and phases', () => {
  it('stand in the list of scans, numbers beside names', async () => {
    const { scans } = JSON.parse(await call('list', 'scans', '--json')) as {
      scans: { scan: string; phase: number; phaseName: string; view: string }[];
    };
    expect(scans.map(({ scan, phase, phaseName, view }) => [scan, phase, phaseName, view])).toEqual([
      ['P0001.1', 0, 'ES', 'short axis'],
      ['P0001.2', 7, 'ED', 'short axis'],
      ['P0002.1', 0, 'ES', 'short axis'],
      ['P0002.2', 9, 'ED', 'short axis'],
      ['P0003.1', 0, 'phase 1', 'short axis'],
    ]);
    expect(await call('list', 'scans')).toContain('phaseName');
  });

  it('stand in the listing of a split by view for people, not in its document', async () => {
    const make = ['split', 'create', 'views', '--design', 'view', '--folds', '2'];
    const sentence = /^1 of 3 patients have all their views in one fold.*: P0003\.$/mu;
    expect(await call(...make)).toMatch(sentence);
    const shown = await call('split', 'show', 'views');
    expect(shown).toMatch(sentence);
    const lines = linesOf(shown);
    expect(lines).toContain('patient scan view slices fold');
    expect(lines.some((line) => line.startsWith('P0001 P0001.2 short axis, ED all'))).toBe(true);
    expect(lines.some((line) => line.startsWith('P0003 P0003.1 short axis, phase 1 all'))).toBe(true);
    const document = JSON.parse(await call('split', 'show', 'views', '--json')) as {
      items: Record<string, unknown>[];
    };
    expect(Object.keys(document.items[0] ?? {}).sort()).toEqual(['fold', 'patient', 'scan', 'slices']);
  });

  it('are left out of other splits', async () => {
    await call('split', 'create', 'patients', '--folds', '3');
    expect(linesOf(await call('split', 'show', 'patients'))).toContain('patient scan slices fold');
  });
});

describe('splits of other programs', () => {
  const foldsOf = async (name: string) => {
    const { items } = JSON.parse(await call('split', 'show', name, '--json')) as {
      items: { scan: string; fold: number | string }[];
    };
    return new Map(items.map(({ scan, fold }) => [scan, fold]));
  };

  it.each(['nnunet', 'monai', 'csv'])('go out and come in again as %s', async (format) => {
    await call('split', 'create', 'own', '--folds', '3', '--seed', '4');
    const file = join(place.root, `split.${format === 'csv' ? 'csv' : 'json'}`);
    await call('split', 'export', 'own', '--format', format, '--out', file);
    const told = await call('split', 'import', file, '--name', 'theirs');
    expect(told).toBe(await call('split', 'audit', 'own'));
    expect(await foldsOf('theirs')).toEqual(await foldsOf('own'));
  });

  it('say what they leak, and end with 1', async () => {
    const file = join(place.root, 'theirs.csv');
    await writeFile(file, 'scan,fold\nP0001.1,held-out\nP0001.2,training\nP0002,training\nP0003,held-out\n');
    const { code, text } = await callFor('split', 'import', file, '--name', 'mixed');
    expect(code).toBe(1);
    expect(text).toMatch(/^LEAK \(1 of \d\)/mu);
    expect(text).toContain('P0001.1 is held out, P0001.2 trains');
    expect((await callFor('split', 'audit', 'mixed')).code).toBe(1);
  });

  it('say which scans they leave out, and end with 1', async () => {
    const file = join(place.root, 'some.csv');
    await writeFile(file, 'scan,fold\nP0001,held-out\nP0002.1,training\n');
    const words = ['split', 'import', file, '--name', 'some'];
    const { code, text } = await callFor(...words);
    expect(code).toBe(1);
    expect(text).toContain("does not name 2 of the project's scans with a reference mask");
    expect(text).toContain('neither trained on nor held out: P0002.2, P0003.1.');
    // The same command again finds the same split; another one under the name is refused.
    const again = await callFor(...words, '--json');
    expect(again.code).toBe(1);
    expect(JSON.parse(again.text)).toMatchObject({
      ...{ schema: 'heldout.audit/1', split: 'some', clean: true },
      ...{ leftOut: ['P0002.2', 'P0003.1'], unknownLocked: 0 },
    });
    expect(again.notes).toContain('P0002.2, P0003.1.');
    await writeFile(file, 'scan,fold\nP0001,training\nP0002.1,held-out\n');
    expect(await callFor(...words)).toMatchObject({
      code: 2,
      notes: expect.stringContaining('called "some" already') as string,
    });
  });

  it('refuse a name that files of several patients have', async () => {
    const file = join(place.root, 'names.csv');
    await writeFile(file, 'scan,fold\nDoe_Jane/ED/1.dcm,0\nP0002,1\n');
    const { code, notes } = await callFor('split', 'import', file, '--name', 'names');
    expect(code).toBe(2);
    expect(notes).toMatch(/^Line 2 fits scans of 3 patients \(P0001\.1, .*Write more of the path/u);
    expect(notes).not.toContain('Doe');
  });

  it('of nnU-Net have no place for the locked set, and say so', async () => {
    await call('split', 'create', 'locked', '--folds', '2', '--locked', '0.3');
    const file = join(place.root, 'splits_final.json');
    const words = ['split', 'export', 'locked', '--format', 'nnunet', '--out', file];
    const { code, text, notes } = await callFor(...words, '--json');
    expect(code).toBe(0);
    const { leftOut } = JSON.parse(text) as { leftOut: string[] };
    const held = [...(await foldsOf('locked'))].filter(([, fold]) => fold === 'locked');
    expect(leftOut.length).toBeGreaterThan(0);
    expect(leftOut).toEqual(held.map(([scan]) => scan));
    expect(notes).toMatch(
      /^The locked set \(\d scans? of 1 patient\) is not in it, .*leave these scans out of the dataset/u,
    );
    expect((await callFor(...words)).notes).toBe(notes);
    expect(await call('split', 'export', 'locked', '--format', 'csv', '--out', `${file}.csv`)).toContain(
      'is in',
    );
  });
});
