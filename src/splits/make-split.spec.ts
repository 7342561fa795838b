import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldoutError } from '#src/contracts/failure';
import { makeSplit, wholePatients, type SplitRequest } from './make-split';
import { SPLIT_DESIGNS, type Split, type SplitDesign, type SplittableScan } from './split';

const plan = (changes: Partial<SplitRequest>): SplitRequest => ({
  name: 'a',
  design: 'patient',
  folds: 5,
  heldOut: null,
  locked: 0,
  seed: 1,
  createdAt: '2024-01-01T00:00:00Z',
  ...changes,
});

/** `scanCounts[p]` scans of patient p, alternately early and late, with 3 to 12 slices. */
function cohort(scanCounts: readonly number[]): SplittableScan[] {
  return scanCounts.flatMap((count, patient) =>
    Array.from({ length: count }, (_, scan) => ({
      patient: `P${String(patient + 1).padStart(4, '0')}`,
      scan: `P${String(patient + 1).padStart(4, '0')}.${scan + 1}`,
      view: scan % 3 === 2 ? 'sagittal' : 'axial',
      phase: scan % 2 === 0 ? 0 : 5 + (patient % 4),
      site: `site ${patient % 3}`,
      condition: ['NOR', 'DCM', 'HCM', 'MINF'][patient % 4] ?? null,
      slices: 3 + ((patient * 7 + scan * 3) % 10),
    })),
  );
}

const scanCounts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 8, maxLength: 40 });
const design = fc.constantFrom(...SPLIT_DESIGNS);

const shape = fc.oneof(
  fc.record({ folds: fc.integer({ min: 2, max: 6 }), heldOut: fc.constant(null) }),
  fc.record({ folds: fc.constant(null), heldOut: fc.double({ min: 0.1, max: 0.6, noNaN: true }) }),
);
const locked = fc.constantFrom(0, 0.2, 0.3);

/** The split, or null when the plan cannot be met (too few units), which has its own tests below. */
function attempt(scans: readonly SplittableScan[], request: SplitRequest): Split | null {
  try {
    return makeSplit(scans, request);
  } catch (error) {
    if (error instanceof HeldoutError && error.failure.code === 'usage') return null;
    throw error;
  }
}

/** Sizes of the folds in units of the design. */
function foldSizes(split: Split, unitOf: (item: Split['items'][number]) => string[]): number[] {
  const units = Array.from({ length: split.folds }, () => new Set<string>());
  for (const item of split.items)
    if (item.fold !== 'locked') for (const unit of unitOf(item)) units[item.fold]?.add(unit);
  return units.map((set) => set.size);
}

const sliceNames = (item: Split['items'][number]) => {
  const [first, last] = item.slices ?? [0, -1];
  return Array.from({ length: last - first + 1 }, (_, index) => `${item.scan} ${first + index}`);
};

describe('every split', () => {
  it('places every slice of every scan exactly once', () => {
    let made = 0;
    fc.assert(
      fc.property(scanCounts, design, shape, locked, fc.nat(1000), (counts, kind, form, lock, seed) => {
        const scans = cohort(counts);
        const split = attempt(scans, plan({ design: kind, ...form, locked: lock, seed }));
        if (!split) return;
        made++;
        const placed = new Map<string, number>();
        for (const item of split.items) {
          const count = scans.find((scan) => scan.scan === item.scan)?.slices ?? 0;
          const [first, last] = item.slices ?? [0, count - 1];
          expect(first).toBeLessThanOrEqual(last);
          for (let slice = first; slice <= last; slice++) {
            const name = `${item.scan} ${slice}`;
            placed.set(name, (placed.get(name) ?? 0) + 1);
          }
        }
        expect(placed.size).toBe(scans.reduce((sum, scan) => sum + scan.slices, 0));
        expect([...placed.values()].every((times) => times === 1)).toBe(true);
      }),
      { seed: 1 },
    );
    expect(made).toBeGreaterThan(50);
  });

  it('depends neither on the order of the scans nor on anything but the seed', () => {
    fc.assert(
      fc.property(scanCounts, design, shape, locked, fc.nat(1000), (counts, kind, form, lock, seed) => {
        const scans = cohort(counts);
        const request = plan({ design: kind, ...form, locked: lock, seed });
        const split = attempt(scans, request);
        expect(attempt([...scans].reverse(), request)).toEqual(split);
        expect(attempt(scans, request)).toEqual(split);
      }),
      { seed: 2 },
    );
  });

  it('never cuts a locked patient apart and locks the same patients under every design', () => {
    const scans = cohort(Array.from({ length: 20 }, (_, index) => 1 + (index % 3)));
    const lockedOf = (kind: SplitDesign) => {
      const split = makeSplit(scans, plan({ design: kind, folds: 2, locked: 0.2, seed: 9 }));
      const names = new Set(split.items.filter((item) => item.fold === 'locked').map((item) => item.patient));
      expect(
        split.items.filter((item) => names.has(item.patient)).every((item) => item.fold === 'locked'),
      ).toBe(true);
      return [...names];
    };
    expect(lockedOf('patient')).toHaveLength(4);
    for (const kind of SPLIT_DESIGNS) expect(lockedOf(kind)).toEqual(lockedOf('patient'));
  });
});

describe('a split by patient', () => {
  it('keeps each patient in one place, and folds differ by at most one patient', () => {
    fc.assert(
      fc.property(
        scanCounts,
        fc.integer({ min: 2, max: 6 }),
        locked,
        fc.nat(1000),
        (counts, folds, lock, seed) => {
          const split = attempt(cohort(counts), plan({ folds, locked: lock, seed }));
          if (!split) return;
          const places = new Map<string, Set<unknown>>();
          for (const item of split.items)
            places.set(item.patient, (places.get(item.patient) ?? new Set()).add(item.fold));
          expect([...places.values()].every((set) => set.size === 1)).toBe(true);
          const sizes = foldSizes(split, (item) => [item.patient]);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        },
      ),
      { seed: 3 },
    );
  });

  it('spreads every condition evenly over the folds', () => {
    const scans = cohort(new Array<number>(37).fill(2));
    const conditionOf = new Map(scans.map((scan) => [scan.patient, scan.condition]));
    const split = makeSplit(scans, plan({ folds: 5 }));
    for (const condition of new Set(conditionOf.values())) {
      const sizes = foldSizes(split, (item) =>
        conditionOf.get(item.patient) === condition ? [item.patient] : [],
      );
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  });

  it('draws another split for another seed', () => {
    const scans = cohort(new Array<number>(20).fill(2));
    const one = makeSplit(scans, plan({ seed: 1 }));
    const two = makeSplit(scans, plan({ seed: 2 }));
    expect(one.items).not.toEqual(two.items);
  });

  it('holds out 28 / 7 of 35 patients at a share of 0.2, whatever their order', () => {
    const split = makeSplit(cohort(new Array<number>(35).fill(2)), plan({ folds: null, heldOut: 0.2 }));
    expect(split.folds).toBe(2);
    expect(foldSizes(split, (item) => [item.patient])).toEqual([7, 28]);
  });
});

describe('splits by slice and by scan', () => {
  it('deal slices, and scans, to within one', () => {
    fc.assert(
      fc.property(scanCounts, fc.integer({ min: 2, max: 6 }), fc.nat(1000), (counts, folds, seed) => {
        const scans = cohort(counts);
        const slices = foldSizes(makeSplit(scans, plan({ design: 'slice', folds, seed })), sliceNames);
        expect(Math.max(...slices) - Math.min(...slices)).toBeLessThanOrEqual(1);
        const byScan = foldSizes(makeSplit(scans, plan({ design: 'scan', folds, seed })), (item) => [
          item.scan,
        ]);
        expect(Math.max(...byScan) - Math.min(...byScan)).toBeLessThanOrEqual(1);
      }),
      { seed: 4 },
    );
  });

  it('join consecutive slices of one fold into one range', () => {
    const split = makeSplit(cohort([1, 1]), plan({ design: 'slice', folds: 2 }));
    for (let index = 1; index < split.items.length; index++) {
      const [a, b] = [split.items[index - 1], split.items[index]];
      if (a?.scan !== b?.scan) continue;
      expect(b?.slices?.[0]).toBe((a?.slices?.[1] ?? 0) + 1);
      expect(a?.fold).not.toBe(b?.fold);
    }
  });
});

describe('a split by view', () => {
  it('takes the late phase of every patient as one view, whatever its frame number', () => {
    const split = makeSplit(cohort(new Array<number>(8).fill(2)), plan({ design: 'view', folds: 2 }));
    const folds = (ending: string) =>
      new Set(split.items.filter((item) => item.scan.endsWith(ending)).map((item) => item.fold));
    expect(folds('.1').size).toBe(1);
    expect(folds('.2').size).toBe(1);
    expect([...folds('.1')]).not.toEqual([...folds('.2')]);
  });

  it('holds out one view of every patient while the others train', () => {
    const split = makeSplit(cohort(new Array<number>(8).fill(4)), plan({ design: 'view', folds: 3 }));
    for (const { patient, scan, fold } of split.items)
      expect(
        split.items.some((other) => other.patient === patient && other.fold !== fold),
        scan,
      ).toBe(true);
    expect(wholePatients(split)).toEqual([]);
  });

  it('names the patients that it holds out as a whole, and is refused when these are all', () => {
    const mixed = makeSplit(cohort([2, 2, 2, 1]), plan({ design: 'view', folds: 2 }));
    expect(wholePatients(mixed)).toEqual(['P0004']);
    const sides = cohort([1, 1, 1, 1]).map((scan, n) => ({ ...scan, view: n % 2 ? 'axial' : 'coronal' }));
    expect(() => makeSplit(sides, plan({ design: 'view', folds: 2 }))).toThrow(/whole patients/u);
  });
});

describe('a plan that cannot be met gets a sentence', () => {
  const scans = cohort([2, 2, 2]);
  const refused: [string, Partial<SplitRequest>, RegExp][] = [
    ['more folds than patients', { folds: 5 }, /5 folds need at least 5 patients, and there are only 3/],
    ['more folds than views', { design: 'view', folds: 5 }, /views or time positions, and there are only 2/],
    ['too small a share', { folds: null, heldOut: 0.1 }, /leaves the held-out side empty/],
    ['too large a share', { folds: null, heldOut: 0.9 }, /leaves the training side empty/],
    ['a locked set of nobody', { folds: 2, locked: 0.05 }, /would be empty/],
    ['a locked set of all but one', { folds: 2, locked: 0.6 }, /there is only 1 outside the locked set/],
    ['folds and a share', { folds: 2, heldOut: 0.3 }, /not both/],
    ['neither', { folds: null, heldOut: null }, /either/],
    ['one fold', { folds: 1 }, /at least 2/],
    ['an unknown stratum', { folds: 2, stratify: ['weight'] }, /balanced by "weight"/],
  ];
  it.each(refused)('%s', (_, changes, sentence) => {
    expect(() => makeSplit(scans, plan(changes))).toThrow(sentence);
  });

  it('no scan with a mask', () => {
    expect(() => makeSplit([], plan({}))).toThrow(/nothing to split/);
  });

  it('a patient without a site', () => {
    const homeless = scans.map((scan) => ({ ...scan, site: scan.patient === 'P0002' ? null : scan.site }));
    expect(() => makeSplit(homeless, plan({ design: 'site', folds: 2 }))).toThrow(/P0002 has none/);
  });
});
