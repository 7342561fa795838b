/** The planes and phases of real scans, as an import names them. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quietContext } from '#main/jobs/context';
import { temporaryProject } from '#main/store/testing/temporary-project';
import { sampleZip, sharedData } from '#main/testing/shared-data';
import { phaseNames } from '#src/registry/phase-names';
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

describe('the phases', () => {
  it('of the shipped sample are called as their folders are, once there are masks', async () => {
    const { registry } = place.project;
    await importPaths(place.project, { paths: [sampleZip()] }, quietContext(), HERE);
    const scans = registry.scans();
    const names = phaseNames(scans);
    expect(scans.map(({ scan }) => names.get(scan)?.name)).toEqual(
      scans.map(({ id }) => registry.sourcePathOf(id)?.split('/').at(-1)),
    );
    expect(new Set([...names.values()].map(({ place: at }) => at))).toEqual(
      new Set(['phase 1 of 2', 'phase 2 of 2']),
    );
    expect(new Set(scans.map(({ seriesId }) => seriesId)).size).toBe(5);
    const bare = phaseNames(scans.map((scan) => ({ ...scan, mask: null })));
    expect([...bare.values()].every(({ name, place: at }) => name === at)).toBe(true);
  });

  it('of images that are named by their paths are told by their masks as well', async () => {
    const hearts = sharedData('acdc-dev');
    if (hearts === null) return;
    const { registry } = place.project;
    const rule = /(?<patient>patient\d+)\/(?<phase>frame\d+)/u;
    const request = { paths: [hearts], patientFrom: rule };
    await importPaths(place.project, request, quietContext(), HERE);
    const scans = registry.scans();
    const names = phaseNames(scans);
    // In this data set the first frame of a patient is end diastole.
    expect(scans.map(({ scan }) => names.get(scan)?.name)).toEqual(
      scans.map(({ phase }) => (phase === 0 ? 'ED' : 'ES')),
    );
  });
});
