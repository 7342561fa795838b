import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { portraitOf } from '#src/imaging/copies/portrait';
import { fingerprintOf } from '#src/imaging/fingerprint';
import { MANY } from '#src/registry/same-person';
import { quietContext } from '#main/jobs/context';
import { gridOf, newScan, temporaryProject } from '#main/store/testing/temporary-project';
import { compareFingerprints, compareScans } from './compare-scans';

const geometry = gridOf([24, 24, 6]);
let place: Awaited<ReturnType<typeof temporaryProject>>;
beforeEach(async () => {
  place = await temporaryProject();
});
afterEach(async () => {
  await place.project.close();
  await place.remove();
});

/** A scan of the patient; the same picture (1, 2, …) in another scale shows the same anatomy. */
async function addScan(patientKey: string, picture: number, scale = 1): Promise<string> {
  const { project } = place;
  const samples = Int16Array.from({ length: 24 * 24 * 6 }, (_, voxel) => {
    const scattered =
      Math.imul(Math.imul(voxel + 7919 * picture, 0x9e3779b1) ^ (voxel << 13), 0x85ebca6b) >>> 22;
    return scattered * scale;
  });
  const voxels = await project.voxels.put({ samples, geometry });
  const { added } = project.registry.addScans([newScan(voxels, geometry, { patientKey })]);
  return added[0]?.voxels ?? '';
}

const compare = () => compareScans(place.project, quietContext());
const alike = () => place.project.registry.persons.alikeScans().map(({ patients }) => patients.join(' '));

describe('comparing scans', () => {
  it('keeps the nearest two scans of two patients, and compares only what is new', async () => {
    const { persons } = place.project.registry;
    await addScan('A', 1);
    await addScan('B', 2);
    await compare();
    expect([alike(), persons.uncomparedCount()]).toEqual([[], 0]);
    await addScan('B', 1, 2);
    await addScan('C', 2, 2);
    await addScan('A', 1, 3);
    expect(persons.uncomparedCount()).toBe(3);
    await compare();
    expect(alike()).toEqual(['P0001 P0002', 'P0002 P0003']);
    expect(persons.alikeScans()[0]).toMatchObject({ scans: ['P0001.1', 'P0002.2'], distance: 0 });
  });

  it('finds copies of whole scans by their fingerprints, old scans and new', async () => {
    const add = async (patientKey: string, scale: number) => {
      const samples = Int16Array.from({ length: 24 * 24 * 6 }, (_, n) => ((n * n) % 97) * scale);
      const voxels = await place.project.voxels.put({ samples, geometry });
      const fingerprint = fingerprintOf({ samples, geometry });
      place.project.registry.addScans([newScan(voxels, geometry, { patientKey, fingerprint })]);
      await compareFingerprints(place.project, quietContext());
    };
    await add('A', 1);
    await compare();
    await add('B', 2);
    expect(alike()).toEqual(['P0001 P0002']);
  });

  it('gives up on images that very many patients have', async () => {
    for (let patient = 0; patient < MANY + 6; patient += 1) await addScan(`K${patient}`, 1, 1 + patient);
    await compare();
    // The first ones find each other, and the rest is spared.
    expect(alike().length).toBeLessThan(((MANY + 6) * (MANY + 5)) / 2);
    expect(alike().length).toBeGreaterThanOrEqual((MANY * (MANY + 1)) / 2);
  });

  it('names scans whose voxels are gone, and compares the others', async () => {
    await addScan('A', 1);
    const lost = await addScan('B', 1, 2);
    await addScan('C', 1, 3);
    await rm(place.project.voxels.path(lost));
    expect(await compare()).toEqual(['P0002.1']);
    expect(alike()).toEqual(['P0001 P0003']);
  });

  it('stops when it is asked to, and goes on from there', async () => {
    await addScan('A', 1);
    await addScan('B', 1, 2);
    await expect(
      compareScans(place.project, { ...quietContext(), signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ failure: { code: 'cancelled' } });
    expect(alike()).toEqual([]);
    await compare();
    expect(alike()).toEqual(['P0001 P0002']);
  });

  it('does the work once when it is asked for twice at the same time', async () => {
    await addScan('A', 1);
    await addScan('B', 1, 2);
    const asked = () => {
      let reports = 0;
      const done = compareScans(place.project, { ...quietContext(), report: () => (reports += 1) });
      return done.then(() => reports);
    };
    expect(await Promise.all([asked(), asked()])).toEqual([expect.any(Number), 0]);
    expect(alike()).toEqual(['P0001 P0002']);
  });

  it('compares when it is asked again after it was stopped, by whoever asked first', async () => {
    await addScan('A', 1);
    await addScan('B', 1, 2);
    const stopped = compareScans(place.project, { ...quietContext(), signal: AbortSignal.abort() });
    await Promise.all([expect(stopped).rejects.toMatchObject({ failure: { code: 'cancelled' } }), compare()]);
    expect(alike()).toEqual(['P0001 P0002']);
  });

  it('makes portraits of what an import compared by fingerprints, and finds crops then', async () => {
    const { registry, voxels } = place.project;
    const picture = (i: number, j: number, k: number) =>
      Math.round(
        400 * Math.sin(i / 3 + Math.sin(j / 5)) +
          300 * Math.sin(j / 4 + i / 9) * Math.cos(i / 7) +
          900 +
          20 * k,
      );
    const add = async (patientKey: string, left: number) => {
      const grid = gridOf([96 - left, 80, 6]);
      const samples = new Int16Array((96 - left) * 80 * 6);
      let at = 0;
      for (let k = 0; k < 6; k++)
        for (let j = 0; j < 80; j++) for (let i = left; i < 96; i++) samples[at++] = picture(i, j, k);
      const stored = await voxels.put({ samples, geometry: grid });
      const fingerprint = fingerprintOf({ samples, geometry: grid });
      registry.addScans([newScan(stored, grid, { patientKey, fingerprint })]);
    };
    await add('A', 0);
    await add('B', 18);
    await compareFingerprints(place.project, quietContext());
    expect(registry.persons.fingerprints().map(({ isCompared }) => isCompared)).toEqual([true, true]);
    expect([registry.persons.uncomparedCount(), alike()]).toEqual([2, []]);
    // Killed after the first portrait, and an import came in between.
    const [first] = registry.persons.fingerprints();
    if (first === undefined) throw new Error('no scan');
    const volume = await voxels.get(registry.scan(first.scanId).voxels);
    registry.persons.keepPortraits([{ scanId: first.scanId, portrait: portraitOf(volume) }]);
    await compareFingerprints(place.project, quietContext());
    expect(await compare()).toEqual([]);
    expect([registry.persons.uncomparedCount(), alike()]).toEqual([0, ['P0001 P0002']]);
  });
});
