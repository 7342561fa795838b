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

  it('by view have the same phase of everybody on one side, whichever the scanner counted first', async () => {
    const { project } = place;
    const geometry = gridOf([4, 4, 5]);
    /** A series with two phases, of which the first is end diastole or not. */
    const series = async (patient: string, uid: string, numbers: readonly [number, number], large: 0 | 1) => {
      const voxels = await Promise.all(
        numbers.map((number) => {
          const samples = Int16Array.from({ length: 80 }, (_, at) => uid.length * 1000 + number * 100 + at);
          return project.voxels.put({ samples, geometry });
        }),
      );
      const { added } = project.registry.addScans(
        numbers.map((phase, at) =>
          newScan(voxels[at] ?? '', geometry, {
            ...{ patientKey: patient, study: { uid }, phase, view: 'short axis' },
            series: { uid, description: '', modality: 'MR' },
          }),
        ),
      );
      for (const [at, scan] of added.entries())
        await project.masks.save(scan.id, new Uint8Array(80).fill(1, 0, at === large ? 60 : 30));
      return added.map(({ scan }) => scan);
    };
    // The last patient came twice, and the second time systole was another frame.
    const early = await series('early', '1', [0, 9], 0);
    const late = await series('late', '2', [0, 1], 1);
    const twice = [await series('twice', '3', [0, 7], 0), await series('twice', '30', [0, 9], 0)].flat();
    const { items } = createSplit(project, { name: 'by view', plan: plan({ design: 'view', folds: 4 }) });
    const folds = (...scans: (string | undefined)[]) =>
      new Set(items.filter(({ scan }) => scans.includes(scan)).map(({ fold }) => fold));
    const diastole = folds(early[0], late[1], twice[0], twice[2]);
    const systole = folds(early[1], late[0], twice[1], twice[3]);
    expect([diastole.size, systole.size]).toEqual([1, 1]);
    expect(diastole).not.toEqual(systole);
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
