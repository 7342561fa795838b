import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { auditDocument, type AuditFinding } from '#src/contracts/documents/split';
import { sharingOf } from './audit-sharing';
import { auditSplit, sharedPatientCount } from './audit-split';
import { makeSplit } from './make-split';
import type { Split, SplitDesign, SplitItem, SplittableScan } from './split';

function cohort(patients: number, scansEach: number, slices: number): SplittableScan[] {
  return Array.from({ length: patients * scansEach }, (_, index) => {
    const patient = `P${String(Math.floor(index / scansEach) + 1).padStart(4, '0')}`;
    const scan = `${patient}.${(index % scansEach) + 1}`;
    return { patient, scan, view: 'axial', phase: index % scansEach, site: null, condition: null, slices };
  });
}

function split(
  scans: SplittableScan[],
  design: SplitDesign,
  form: { folds?: number; heldOut?: number },
  seed = 1,
) {
  return makeSplit(scans, {
    name: 's',
    design,
    folds: form.folds ?? null,
    heldOut: form.heldOut ?? null,
    locked: 0,
    seed,
    createdAt: '2024-01-01T00:00:00Z',
  });
}

function handMade(items: SplitItem[], heldOut: number | null = 0.5): Split {
  return {
    name: 'h',
    design: 'slice',
    seed: 0,
    folds: 2,
    heldOut,
    locked: 0,
    stratify: [],
    createdAt: '2024-01-01T00:00:00Z',
    items,
  };
}

const item = (scan: string, slices: SplitItem['slices'], fold: SplitItem['fold']): SplitItem => ({
  patient: scan.split('.')[0] ?? scan,
  scan,
  slices,
  fold,
});

function finding(
  findings: readonly AuditFinding[],
  kind: AuditFinding['kind'],
  within?: number,
): AuditFinding {
  const found = findings.find((entry) => entry.kind === kind && entry.within === within);
  if (!found) throw new Error(`no finding ${kind}`);
  return found;
}

/** Mean over seeds and its standard error. */
function simulate(seeds: number, share: (seed: number) => number): { mean: number; error: number } {
  const values = Array.from({ length: seeds }, (_, seed) => share(seed));
  const mean = values.reduce((sum, value) => sum + value, 0) / seeds;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seeds - 1);
  return { mean, error: Math.sqrt(variance / seeds) };
}

/*
 * Closed forms. A slice has up to four neighbours within 2. When each is held out independently with probability q,
 * the share of held-out slices with a training neighbour among them is the mean over the slices of a scan of
 * 1 - q^m, m the number of neighbours that exist: 94.4 % (within 1) and 99.4 % (within 2) for q = 0.2 and 20 slices.
 * A split holds out exactly H of N slices, so the m neighbours of a held-out slice are all held out with probability
 * (H-1)(H-2)…/((N-1)(N-2)…) instead: at H = 800 of N = 4000 that changes the result by less than 0.0002.
 */
function neighbourClosedForm(slices: number, within: number, heldOut: number, all: number): number {
  let sum = 0;
  for (let slice = 0; slice < slices; slice++) {
    const neighbours = Math.min(within, slice) + Math.min(within, slices - 1 - slice);
    let allHeldOut = 1;
    for (let index = 1; index <= neighbours; index++) allHeldOut *= (heldOut - index) / (all - index);
    sum += 1 - allHeldOut;
  }
  return sum / slices;
}

describe('the closed forms, on 100 patients with 2 scans of 20 slices', () => {
  const scans = cohort(100, 2, 20);

  it('are 94.4 % and 99.4 % for independent slices', () => {
    const independent = 1e12;
    expect(neighbourClosedForm(20, 1, 0.2 * independent, independent)).toBeCloseTo(0.944, 6);
    expect(neighbourClosedForm(20, 2, 0.2 * independent, independent)).toBeCloseTo(0.99392, 6);
    expect(Math.abs(neighbourClosedForm(20, 1, 800, 4000) - 0.944)).toBeLessThan(2e-4);
    expect(Math.abs(neighbourClosedForm(20, 2, 800, 4000) - 0.99392)).toBeLessThan(2e-4);
  });

  it.each([1, 2] as const)('hold for a random slice split, at 80 percent training, within %i', (within) => {
    const { mean, error } = simulate(200, (seed) => {
      const audit = auditSplit(split(scans, 'slice', { heldOut: 0.2 }, seed), scans);
      const { count, of } = finding(audit.findings, 'neighbour-slices', within);
      expect(of).toBe(800);
      return count / of;
    });
    expect(error).toBeLessThan(0.004);
    expect(Math.abs(mean - neighbourClosedForm(20, within, 800, 4000))).toBeLessThan(3 * error);
  });

  it('hold for a random scan split: 80 % of held-out scans have a sibling in training', () => {
    // Exactly 40 of 200 scans are held out, so the sibling of a held-out one trains with probability 160 / 199.
    const { mean, error } = simulate(200, (seed) => {
      const audit = auditSplit(split(scans, 'scan', { heldOut: 0.2 }, seed), scans);
      const held = finding(audit.findings, 'patient-both-sides').heldOutUnits;
      expect(held).toMatchObject({ unit: 'scans', of: 40 });
      return (held?.count ?? 0) / (held?.of ?? 1);
    });
    expect(Math.abs(mean - 160 / 199)).toBeLessThan(3 * error);
    expect(160 / 199).toBeCloseTo(0.8, 2);
  });

  it('hold when each of 5 folds is held out once', () => {
    const { mean, error } = simulate(10, (seed) => {
      const audit = auditSplit(split(scans, 'slice', { folds: 5 }, seed), scans);
      const { count, of } = finding(audit.findings, 'neighbour-slices', 1);
      expect(of).toBe(4000);
      return count / of;
    });
    expect(Math.abs(mean - neighbourClosedForm(20, 1, 800, 4000))).toBeLessThan(3 * error);
  });
});

describe('the audit', () => {
  it('finds a split by patient clean', () => {
    const scans = cohort(35, 2, 10);
    const audit = auditSplit(split(scans, 'patient', { folds: 5 }), scans);
    expect(audit).toEqual({ schema: 'heldout.audit/1', split: 's', clean: true, findings: [] });
  });

  it('names every pair of a scan split of 35 patients, and counts right', () => {
    const scans = cohort(35, 2, 10);
    const made = split(scans, 'scan', { folds: 5 });
    const audit = auditSplit(made, scans);
    const foldOf = new Map(made.items.map((entry) => [entry.scan, entry.fold]));
    const torn = Array.from({ length: 35 }, (_, index) => `P${String(index + 1).padStart(4, '0')}`).filter(
      (patient) => foldOf.get(`${patient}.1`) !== foldOf.get(`${patient}.2`),
    );
    expect(torn.length).toBeGreaterThan(20);
    expect(audit.clean).toBe(false);
    const found = finding(audit.findings, 'patient-both-sides');
    expect(found).toMatchObject({ severity: 'leak', count: torn.length, of: 35, patients: torn });
    expect(found.pairs.map((pair) => [...pair].sort()).sort()).toEqual(
      torn.map((patient) => [`${patient}.1`, `${patient}.2`]),
    );
    expect(found.heldOutUnits).toEqual({ unit: 'scans', count: 2 * torn.length, of: 70 });
    expect(found.folds?.reduce((sum, fold) => sum + fold.count, 0)).toBe(2 * torn.length);
    expect(audit.findings).toHaveLength(1);
    expect(v.is(auditDocument, audit)).toBe(true);
  });

  it('counts neighbours of hand-made ranges', () => {
    // Held out: slices 3, 4, 5 and 9 of 0…9; trained: 0, 1, 2 and 7 (6 and 8 are of the locked set).
    const scans = cohort(1, 1, 10);
    const items = [
      item('P0001.1', [0, 2], 1),
      item('P0001.1', [3, 5], 0),
      item('P0001.1', [6, 6], 'locked'),
      item('P0001.1', [7, 7], 1),
      item('P0001.1', [8, 8], 'locked'),
      item('P0001.1', [9, 9], 0),
    ];
    const [sharing] = sharingOf(handMade(items), scans);
    expect(sharing?.neighbours).toEqual({ within1: { count: 1, of: 4 }, within2: { count: 4, of: 4 } });
    expect(sharing?.neighbourPairs.map((pair) => [pair.heldOut, pair.training])).toEqual([
      [3, 2],
      [4, 2],
      [5, 7],
      [9, 7],
    ]);
    const audit = auditSplit(handMade(items), scans);
    expect(finding(audit.findings, 'scan-both-sides').pairs).toEqual([['P0001.1[3-5]', 'P0001.1[0-2]']]);
    expect(finding(audit.findings, 'neighbour-slices', 1).sentence).toContain(
      '1 of 4 held-out slices (25.0 %)',
    );
    expect(audit.findings.some((entry) => entry.sentence.includes('locked set is not locked'))).toBe(true);
  });

  it('holds out only fold 0 under a held-out share', () => {
    const scans = cohort(2, 2, 4);
    const items = [
      item('P0001.1', null, 0),
      item('P0001.2', null, 1),
      item('P0002.1', null, 1),
      item('P0002.2', null, 1),
    ];
    const found = finding(auditSplit(handMade(items), scans).findings, 'patient-both-sides');
    expect(found).toMatchObject({ count: 1, of: 2, pairs: [['P0001.1', 'P0001.2']] });
    expect(found.heldOutUnits).toEqual({ unit: 'scans', count: 1, of: 1 });
    expect(sharedPatientCount(handMade(items), scans)).toEqual({ count: 1, of: 2 });
  });
});
