import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gridOf, newScan, temporaryProject } from '#main/store/testing/temporary-project';
import { auditStored, createSplit, previewSplit, splittableScans, type FullSplitPlan } from './splits';

const plan = (changes: Partial<FullSplitPlan>): FullSplitPlan => ({
  design: 'patient',
  folds: 5,
  heldOut: null,
  locked: 0,
  seed: 1,
  ...changes,
});

let place: Awaited<ReturnType<typeof temporaryProject>>;

/** `patients` patients with an early and a late scan of 6 slices each, every one with a mask. */
beforeEach(async () => {
  place = await temporaryProject();
  const { project } = place;
  const geometry = gridOf([4, 4, 6]);
  const scans = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const samples = Int16Array.from({ length: 96 }, (_, voxel) => 100 * index + voxel);
      const patient = Math.floor(index / 2);
      return newScan(await project.voxels.put({ samples, geometry }), geometry, {
        patientKey: `HOSPITAL-${patient}`,
        identity: { name: `Doe^Number${patient}` },
        study: { uid: `1.2.3.${patient}` },
        series: { uid: `1.2.3.${patient}.${index % 2}`, description: 'cine', modality: 'MR' },
        phase: (index % 2) * 7,
      });
    }),
  );
  const { added } = project.registry.addScans(scans);
  for (const scan of added) await project.masks.save(scan.id, new Uint8Array(96).fill(1, 20, 40));
});

afterEach(async () => {
  await place.project.close();
  await place.remove();
});

describe('splits of a project', () => {
  it('take scans with a mask, not those whose mask was only opened', async () => {
    const { project } = place;
    expect(splittableScans(project)).toHaveLength(20);
    const geometry = gridOf([4, 4, 5]);
    const { added } = project.registry.addScans([
      newScan(await project.voxels.put({ samples: new Int16Array(80), geometry }), geometry, {
        patientKey: 'new',
      }),
    ]);
    const [scan] = added;
    if (!scan) throw new Error('no scan was added');
    expect(splittableScans(project)).toHaveLength(20);
    const { maskId } = await project.masks.open(scan.id);
    expect(splittableScans(project)).toHaveLength(20);
    project.masks.setStatus(maskId, 'done');
    expect(splittableScans(project)).toHaveLength(21);
  });

  it('are stored for good, under a name of their own', () => {
    const { project } = place;
    const made = createSplit(project, { name: 'by patient', plan: plan({}) });
    expect(project.registry.split('by patient')).toEqual(made);
    expect(made.items).toHaveLength(20);
    expect(auditStored(project, 'by patient').clean).toBe(true);
    expect(() => createSplit(project, { name: 'by patient', plan: plan({ seed: 2 }) })).toThrow(/by patient/);
    expect(project.registry.split('by patient')).toEqual(made);
  });

  it('show beforehand what they would leak, and store nothing', () => {
    const { project } = place;
    const preview = previewSplit(project, plan({ design: 'scan' }));
    expect(project.registry.splits()).toEqual([]);
    expect(preview.audit.clean).toBe(false);
    const leaks = new Map(preview.wouldLeak.map(({ design, patients, of }) => [design, { patients, of }]));
    expect(leaks.get('patient')).toEqual({ patients: 0, of: 10 });
    expect(leaks.get('scan')?.patients).toBe(preview.audit.findings[0]?.count);
    expect(leaks.get('view')).toEqual({ patients: 10, of: 10 });
    expect(leaks.get('slice')).toEqual({ patients: 10, of: 10 });
    // Nobody has a site here, so a split by site cannot be made and is not offered.
    expect(leaks.has('site')).toBe(false);
  });

  it('refuse a plan with a sentence that names no identity', () => {
    const { project } = place;
    expect(() => createSplit(project, { name: 'x', plan: plan({ folds: 11 }) })).toThrow(/only 10/);
    expect(() => createSplit(project, { name: 'x', plan: plan({ design: 'site' }) })).toThrow(
      /^A split by site needs a site for every patient, and P0001 has none/,
    );
    expect(project.registry.splits()).toEqual([]);
  });
});
