import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeSplit } from './make-split';
import { probeSlices } from './probe-slices';
import { rolesOf, type SlicesOfScan } from './roles';
import { heldOutFolds } from './make-split';
import type { SplitDesign, SplittableScan } from './split';

const scans: SplittableScan[] = Array.from({ length: 24 }, (_, index) => ({
  patient: `P${String(Math.floor(index / 2)).padStart(2, '0')}`,
  scan: `P${String(Math.floor(index / 2)).padStart(2, '0')}.${index % 2}`,
  view: 'axial',
  phase: index % 2,
  site: null,
  condition: null,
  slices: 6 + (index % 7),
}));

const names = (entries: readonly SlicesOfScan[]) =>
  new Set(entries.flatMap((entry) => entry.slices.map((slice) => `${entry.scan} ${slice}`)));

describe('probe slices', () => {
  it('are every n-th, centred, and leave something to train on', () => {
    expect(probeSlices(10, 5)).toEqual([2, 7]);
    expect(probeSlices(12, 5)).toEqual([2, 7]);
    expect(probeSlices(13, 5)).toEqual([2, 7, 12]);
    expect(probeSlices(2, 5)).toEqual([]);
    expect(probeSlices(10, 0)).toEqual([]);
    for (const count of [1, 2, 3, 7, 50])
      for (const every of [2, 3, 4, 5, 9]) expect(probeSlices(count, every).length).toBeLessThan(count);
  });

  it.each([1, -1, 2.5])('refuse one in %f', (every) => {
    expect(() => probeSlices(10, every)).toThrow(/one in/);
  });
});

describe('the roles of a fold', () => {
  it('never let held-out, locked or probe slices train, and leave no slice without a role', () => {
    const designs: SplitDesign[] = ['slice', 'scan', 'view', 'patient'];
    fc.assert(
      fc.property(
        fc.constantFrom(...designs),
        fc.constantFrom(0, 2, 3, 5),
        fc.constantFrom(0, 0.25),
        fc.nat(500),
        (design, every, locked, seed) => {
          const split = makeSplit(scans, {
            name: 's',
            design,
            folds: 2,
            heldOut: null,
            locked,
            seed,
            createdAt: '2024-01-01T00:00:00Z',
          });
          const lockedPatients = new Set(
            split.items.filter((item) => item.fold === 'locked').map((item) => item.patient),
          );
          for (const fold of heldOutFolds(split)) {
            const roles = rolesOf(split, fold, scans, every);
            const parts = [roles.training, roles.probesSeen].map(names);
            const [training, probes] = parts;
            const heldOut = names(roles.heldOut);
            for (const name of training ?? []) {
              const [scan, slice] = name.split(' ');
              const count = scans.find((entry) => entry.scan === scan)?.slices ?? 0;
              expect(probeSlices(count, every)).not.toContain(Number(slice));
              expect(heldOut.has(name)).toBe(false);
              expect(lockedPatients.has(scan?.split('.')[0] ?? '')).toBe(false);
            }
            for (const name of names(roles.probesHeldOut)) expect(heldOut.has(name)).toBe(true);
            const open = scans
              .filter((scan) => !lockedPatients.has(scan.patient))
              .reduce((sum, scan) => sum + scan.slices, 0);
            expect((training?.size ?? 0) + (probes?.size ?? 0) + heldOut.size).toBe(open);
            if (design === 'patient')
              expect(roles.seenPatients.filter((patient) => roles.heldOutPatients.includes(patient))).toEqual(
                [],
              );
          }
        },
      ),
      { seed: 5 },
    );
  });

  it('keeps the same probe slices in every fold', () => {
    const request = {
      name: 's',
      design: 'patient' as const,
      folds: 3,
      heldOut: null,
      locked: 0,
      seed: 1,
      createdAt: '2024-01-01T00:00:00Z',
    };
    const split = makeSplit(scans, request);
    const [first, ...others] = [0, 1, 2].map((fold) => {
      const roles = rolesOf(split, fold, scans, 5);
      return [...names(roles.probesSeen), ...names(roles.probesHeldOut)].sort();
    });
    for (const other of others) expect(other).toEqual(first);
  });

  it('say which folds there are, and which scan lost its mask', () => {
    const split = makeSplit(scans, {
      name: 's',
      design: 'patient',
      folds: null,
      heldOut: 0.25,
      locked: 0,
      seed: 1,
      createdAt: '2024-01-01T00:00:00Z',
    });
    expect(() => rolesOf(split, 1, scans, 5)).toThrow(/choose fold 0/);
    expect(() => rolesOf(split, 0, scans.slice(1), 5)).toThrow(/P00.0, which has no reference mask/);
  });
});
