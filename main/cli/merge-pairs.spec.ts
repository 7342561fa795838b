/** `heldout merge --pairs` from an empty folder: the real program on real scans, one process for each command. */
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleZip, sharedData } from '#main/testing/shared-data';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'heldout-pairs-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

function heldout(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('bin/heldout.mjs'), ...args], {
    encoding: 'utf8',
    cwd: root,
    env: { ...process.env, HELDOUT_CONFIG: join(root, 'config') },
    maxBuffer: 100_000_000,
  });
  return { code: status, out: stdout, err: stderr };
}

it('the sample: codes are merged, hospital ids are refused and not repeated', async () => {
  const project = ['--project', join(root, 'sample.heldout')];
  expect(heldout('init', 'sample', '--labels', '1=LV cavity').code).toBe(0);
  expect(heldout('import', sampleZip(), ...project).code).toBe(0);
  await writeFile(join(root, 'ids.csv'), 'P0001,P0002\nSCD0000301,SCD0000401\n');
  const refused = heldout('merge', '--pairs', 'ids.csv', ...project);
  expect([refused.code, refused.err]).toEqual([
    2,
    expect.stringMatching(/line 2: the first and the second/u),
  ]);
  expect(refused.err + refused.out).not.toContain('SCD');
  await writeFile(join(root, 'codes.csv'), 'keep,merge\nP0001,P0002\nP0003,P0004\n');
  expect(heldout('merge', '--pairs', 'codes.csv', ...project).out).toContain(
    '2 pairs of patients became one.',
  );
  expect(heldout('merge', '--pairs', 'codes.csv', ...project).out).toContain('2 were one already.');
  expect(heldout('list', 'patients', ...project).out.match(/^P000\d/gmu)).toEqual([
    'P0001',
    'P0003',
    'P0005',
  ]);
});

const hippocampi = sharedData('hippocampus-dev');

it.skipIf(hippocampi === null)('the two hippocampi of one person, of a plain project', async () => {
  const numbers = ['001', '003', '004', '007', '008'];
  await mkdir(join(root, 'images'));
  for (const number of numbers)
    await copyFile(
      join(hippocampi ?? '', 'images', `hippocampus_${number}.nii.gz`),
      join(root, 'images', `hippocampus_${number}.nii.gz`),
    );
  const project = ['--project', join(root, 'hippo.heldout')];
  expect(heldout('init', 'hippo', '--labels', '1=hippocampus', '--identities', 'plain').code).toBe(0);
  const rule = ['--patient-from', '(?<patient>hippocampus_\\d+)'];
  expect(heldout('import', join(root, 'images'), ...rule, ...project).code).toBe(0);
  await writeFile(
    join(root, 'pairs.csv'),
    'a;b\nhippocampus_003;hippocampus_004\nhippocampus_007;hippocampus_008\n',
  );
  const looked = heldout('merge', '--pairs', 'pairs.csv', '--dry-run', ...project);
  expect(looked).toMatchObject({ code: 0, out: expect.stringContaining('Nothing was changed.') as string });
  expect(heldout('merge', '--pairs', 'pairs.csv', ...project).out).toContain(
    '2 pairs of patients became one.',
  );
  expect(heldout('list', 'patients', ...project).out.match(/^hippocampus_\d+/gmu)).toEqual([
    'hippocampus_001',
    'hippocampus_003',
    'hippocampus_007',
  ]);
});
