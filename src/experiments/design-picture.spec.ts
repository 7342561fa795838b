import { expect, it } from 'vitest';
import { designPicture } from './design-picture';
import { developmentScans, experimentTrainings } from './experiment-trainings';
import { cohort, planFor } from './testing/synthetic-experiment';

it('draws every slice of the first fold once: trained on, held out, or used by nobody', () => {
  const plan = planFor(cohort(10, 2, 10), { seeds: [7, 8], repeats: 2 });
  const trainings = experimentTrainings(plan);
  const { arms, scans, more } = designPicture(trainings, developmentScans(plan));
  expect(arms.map(({ arm }) => arm)).toEqual(['slice', 'scan', 'patient']);
  expect(scans.length + more).toBe(developmentScans(plan).length);
  expect(more).toBeGreaterThan(0);
  for (const { arm, rows } of arms) {
    const first = trainings.find((each) => each.arm === arm);
    scans.forEach(({ scan, slices }, index) => {
      const row = rows[index] ?? [];
      expect(row).toHaveLength(slices);
      const of = (use: string) => row.flatMap((each, slice) => (each === use ? [slice] : []));
      expect(of('t')).toEqual(first?.training.find((each) => each.scan === scan)?.slices ?? []);
      const heldOut = first?.heldOut.find((each) => each.scan === scan)?.slices ?? [];
      expect(heldOut).toEqual(expect.arrayContaining(of('h')));
    });
  }
});

it('says how many patients stand on both sides', () => {
  const plan = planFor(cohort(10, 2, 10));
  const { arms } = designPicture(experimentTrainings(plan), developmentScans(plan));
  const both = Object.fromEntries(arms.map(({ arm, patients }) => [arm, patients.both]));
  expect(both['slice']).toBeGreaterThan(0);
  expect(both['scan']).toBeGreaterThan(0);
  expect(both['patient']).toBe(0);
});
