import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MANY } from '#src/registry/same-person';
import { quietContext } from '#main/jobs/context';
import { gridOf, newScan, temporaryProject } from '#main/store/testing/temporary-project';
import { compareScans } from './compare-scans';

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
});
