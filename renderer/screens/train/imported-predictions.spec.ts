import { describe, expect, it } from 'vitest';
import type { RunImportDocument } from '#src/contracts/documents/imported-run';
import { findingsOf, nameProblem } from './imported-predictions';

const document: RunImportDocument = {
  ...{ schema: 'heldout.run-import/1', set: 'a', split: 'a', alreadyPresent: false, labels: [1] },
  ...{
    labelsNotPredicted: [],
    leftOut: [],
    notImages: 3,
    notInSplit: [],
    unknownLocked: 0,
    takenAsHeldOut: 0,
  },
  runs: [
    {
      ...{ run: 'a', fold: 0, missing: [] },
      seen: { scans: 8, predicted: 8, patients: 4 },
      heldOut: { scans: 2, predicted: 2, patients: 1 },
    },
  ],
  audit: { schema: 'heldout.audit/1', split: 'a', clean: true, findings: [] },
};

describe('predictions from elsewhere', () => {
  it('need a name that a folder can have', () => {
    expect(nameProblem('nnunet-2d')).toBeNull();
    expect(nameProblem('')).toContain('Give');
    for (const name of ['My model', '-a', 'a'.repeat(49)])
      expect(nameProblem(name)).toContain('small letters');
  });

  it('that are whole say nothing more', () => {
    expect(findingsOf(document)).toEqual([]);
  });

  it('say what leaks, lacks and was left out', () => {
    const scans = Array.from({ length: 10 }, (_, index) => `P${index}.1`);
    const [run] = document.runs;
    if (run === undefined) throw new Error('no run');
    const findings = findingsOf({
      ...document,
      ...{ labelsNotPredicted: [2, 3], takenAsHeldOut: 4, notInSplit: ['P1.1'] },
      leftOut: [{ path: 'x.nii.gz', reason: 'No scan.', image: true }],
      runs: [{ ...run, missing: scans, seen: { ...run.seen, predicted: 0 } }],
      audit: {
        ...document.audit,
        findings: [
          {
            ...{ kind: 'patient-both-sides', severity: 'leak', count: 1, of: 2, patients: [], pairs: [] },
            sentence: '1 of 2 patients stand on both sides.',
          },
        ],
      },
    });
    expect(findings.map((sentence) => sentence.slice(0, 30))).toEqual([
      'Leak: 1 of 2 patients stand on',
      'Without a prediction: P0.1, P1',
      'There are models without predi',
      'The references also hold label',
      '4 scans are taken as held out,',
      'In no fold, for the file does ',
      'Left out: x.nii.gz (No scan.)',
    ]);
    expect(findings[1]).toMatch(/ and 2 more\.$/u);
  });
});
