/** The planes of real scans, as an import names them. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quietContext } from '#main/jobs/context';
import { temporaryProject } from '#main/store/testing/temporary-project';
import { sampleZip, sharedData } from '#main/testing/shared-data';
import { importPaths } from './import';

/** Reading in this thread: a worker would have to be built first. */
const HERE = { workerFile: null };

let place: Awaited<ReturnType<typeof temporaryProject>>;
beforeEach(async () => {
  place = await temporaryProject();
});
afterEach(async () => {
  await place.project.close();
  await place.remove();
});

async function viewsOf(...paths: string[]): Promise<string[]> {
  await importPaths(place.project, { paths }, quietContext(), HERE);
  return place.project.registry.scans().map(({ view }) => view);
}

describe('an import', () => {
  it('calls the stacks of the shipped sample short axes: nothing but direction and trigger times says so', async () => {
    expect(await viewsOf(sampleZip())).toEqual(new Array<string>(10).fill('short axis'));
  });

  it('does so for a single phase as well', async () => {
    execFileSync('python3', ['-m', 'zipfile', '-e', sampleZip(), place.root]);
    const phases = execFileSync('sh', ['-c', `ls -d "${place.root}"/dicom/*/ED`], { encoding: 'utf8' });
    const [first = ''] = phases.split('\n');
    expect(await viewsOf(first)).toEqual(['short axis']);
    // The phase alone has no number.
    expect(place.project.registry.scans()[0]?.phase).toBeNull();
  });

  it('finds no plane of the heart in a head', async () => {
    const head = sharedData('qin-gbm');
    if (head === null) return;
    const views = await viewsOf(join(head, 'PGBM-003.zip'));
    expect(views.length).toBeGreaterThan(3);
    expect(new Set(views)).toEqual(new Set(['axial']));
  });

  it('believes a nominal orientation where no name says more', async () => {
    const nominal = sharedData('acdc-dev');
    if (nominal === null) return;
    expect(new Set(await viewsOf(join(nominal, 'patient001')))).toEqual(new Set(['axial']));
  });
});
