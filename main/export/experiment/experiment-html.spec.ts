import { describe, expect, it } from 'vitest';
import type { ExperimentDocument } from '#src/contracts/documents/experiment';
import { experimentEstimates } from '#src/experiments/experiment-result';
import { experimentTrainings } from '#src/experiments/experiment-trainings';
import { cohort, planFor, scoresWith } from '#src/experiments/testing/synthetic-experiment';
import { experimentHtml } from './experiment-html';
import { experimentEstimatesTable, experimentPatientsTable } from './experiment-tables';

const scans = cohort(16);
const plan = {
  ...planFor(scans, { controls: ['random-masks'], guardEvery: 2 }),
  remarks: ['A <remark> & more.'],
};
const trainings = experimentTrainings(plan);

function resultOf(done: number): ExperimentDocument {
  const table = scoresWith(trainings.slice(0, done), scans, ({ training }, { patient }, slice) => {
    const knows = training.some((entry) => entry.patient === patient);
    return 0.7 + (knows ? 0.05 : 0) + 0.01 * (slice % 3) + 0.002 * Number(patient.slice(1));
  });
  return {
    schema: 'heldout.experiment/1',
    ...{ name: 'try', complete: done === trainings.length, done, secondsLeft: 0 },
    trainings: trainings.map(({ key, arm, control, repeat, seed, fold }) => ({
      ...{ training: key, run: `x-try-${key}`, arm, control, repeat, seed, fold },
      ...{ state: 'done' as const, scored: true, step: 40, steps: 40 },
      ...{ slices: plan.budget, scans: 20, patients: 10 },
    })),
    design: {
      arms: plan.arms.map((arm) => ({ ...arm, patients: [9, 12] as [number, number] })),
      ...{ repeats: 1, seeds: [1], budget: plan.budget, steps: 40, margin: 0.02 },
      ...{ developmentPatients: 13, developmentScans: 26, lockedPatients: 3, lockedScans: 6 },
    },
    foreseen: { n: 13, spread: 0.05, smallestDetectableGap: 0.04 },
    ...experimentEstimates(plan, trainings, table, done === trainings.length ? table : new Map()),
    ...{ refused: [{ what: 'arm view', sentence: 'No view.' }], remarks: plan.remarks },
    looks: [{ at: '2024-01-01T10:00:00.000Z', run: 'try', reason: 'scored', who: 'somebody', kind: 'first' }],
  };
}

const pageOf = (result: ExperimentDocument) =>
  experimentHtml({
    ...{ project: 'Trial', createdAt: '2024-01-02T00:00:00.000Z', plan, trainings, result },
    versions: { node: '20' },
    hashes: [{ what: 'SHA-256 of plan.json', sha256: 'ab' }],
  });

describe('the report of an experiment', () => {
  const page = pageOf(resultOf(trainings.length));
  const text = page
    .replace(/<style>.*<\/style>/su, '')
    .replace(/<[^>]+>/gu, ' ')
    .replace(/\s+/gu, ' ');

  it('loads nothing, runs nothing, and shows no broken number', () => {
    expect(page).not.toMatch(/<script|<link|https?:|url\(|@import/u);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/NaN|undefined|null|Infinity|\[object/u);
    expect(page).toContain('A &lt;remark&gt; &amp; more.');
    const ids = [...page.matchAll(/\sid="([^"]+)"/gu)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says every part: verdicts, data, design, ladder, patients, controls, limits, looks, methods, origin', () => {
    for (const part of [
      'Inflation of the slice arm',
      'Knowing the patient inflates the score by 0.0',
      'tau without probe slices',
      'Honesty of the patient arm',
      'Harm of the patient split',
      'Locked set',
      'slice arm, fold 0 held out',
      'L4 unseen patient',
      'Every patient under the slice arm',
      'random-masks, slice arm',
      'looked at once',
      'somebody',
      'exactly',
      'heldout experiment run plan.json',
      'Left out, arm view: No view.',
    ])
      expect(text, part).toContain(part);
    expect(text).not.toMatch(/does not overfit|subject\b|(?<!cross-)validation/u);
  });

  it('withholds verdicts while trainings are missing', () => {
    const partial = pageOf(resultOf(5));
    expect(partial).toContain('5 of 20 trainings are done');
    expect(partial).not.toContain('inflates the score by');
    expect(partial).not.toMatch(/NaN|undefined/u);
    expect(pageOf(resultOf(0))).toContain('Nothing yet.');
  });

  it('has its numbers as tables', () => {
    const result = resultOf(trainings.length);
    const patients = experimentPatientsTable(result).trim().split('\r\n');
    expect(patients).toHaveLength(1 + 16 * 3);
    expect(patients[1]).toMatch(/^try,P0001,(?:development|locked),ill,2,slice,0\.\d+$/u);
    const estimates = experimentEstimatesTable(result).trim().split('\r\n');
    const width = estimates[0]?.split(',').length ?? 0;
    expect(width).toBe(10);
    expect(estimates.some((line) => line.startsWith('inflation,slice,13,0.0'))).toBe(true);
    expect(estimates.some((line) => line.startsWith('ladder L4,,13,'))).toBe(true);
  });
});
