import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { EXPERIMENT_ARMS, experimentPlan } from '#src/contracts/documents/experiment-plan';
import { keptSlices, sliceCount } from './training-slices';
import { designExperiment } from './design-experiment';
import { experimentTrainings, trainingCount } from './experiment-trainings';
import { cohort, planFor, REQUEST } from './testing/synthetic-experiment';

const all = { ...REQUEST, arms: EXPERIMENT_ARMS };
const refusedOf = (scans: ReturnType<typeof cohort>, request: Partial<typeof REQUEST> = {}) =>
  Object.fromEntries(
    designExperiment(scans, { ...all, ...request }).refused.map(({ what, sentence }) => [what, sentence]),
  );

describe('the design', () => {
  it('gives every training of every arm the same number of slices, none of them held out, locked or kept', () => {
    fc.assert(
      fc.property(
        fc.record({
          patients: fc.integer({ min: 6, max: 14 }),
          scansEach: fc.integer({ min: 2, max: 3 }),
          slices: fc.integer({ min: 6, max: 17 }),
          folds: fc.integer({ min: 2, max: 5 }),
          seed: fc.integer({ min: 0, max: 1000 }),
          guardEvery: fc.integer({ min: 0, max: 2 }),
          repeats: fc.integer({ min: 1, max: 2 }),
        }),
        ({ patients, scansEach, slices, ...request }) => {
          const scans = cohort(patients, scansEach, slices);
          const plan = planFor(scans, { ...request, arms: EXPERIMENT_ARMS });
          expect(v.is(experimentPlan, plan)).toBe(true);
          const trainings = experimentTrainings(plan);
          expect(trainings).toHaveLength(trainingCount(plan));
          expect(new Set(trainings.map(({ key }) => key)).size).toBe(trainings.length);
          const development = scans.filter(({ patient }) => !plan.locked.includes(patient));
          for (const { training, heldOut } of trainings) {
            expect(sliceCount(training)).toBe(plan.budget);
            const out = new Map(heldOut.map((entry) => [entry.scan, new Set(entry.slices)]));
            for (const entry of training) {
              expect(plan.locked).not.toContain(entry.patient);
              const kept = keptSlices(slices, plan);
              for (const slice of entry.slices) {
                expect(kept).not.toContain(slice);
                expect(out.get(entry.scan)?.has(slice) ?? false).toBe(false);
              }
            }
          }
          // Every arm, repeat and seed holds out every slice of every development scan once.
          for (const { arm, folds } of plan.arms)
            for (let repeat = 0; repeat < plan.repeats; repeat++) {
              const group = trainings.filter((entry) => entry.arm === arm && entry.repeat === repeat);
              expect(group).toHaveLength(folds);
              expect(group.reduce((sum, entry) => sum + sliceCount(entry.heldOut), 0)).toBe(
                development.length * slices,
              );
            }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is the same on every computer, whatever the order of the scans', () => {
    const scans = cohort(10);
    const plan = planFor(scans);
    expect(planFor([...scans].reverse())).toEqual({ ...plan, scans: [...plan.scans].reverse() });
    expect(
      experimentTrainings(planFor([...scans].reverse())).map(({ key, training }) => [
        key,
        sliceCount(training),
      ]),
    ).toEqual(experimentTrainings(plan).map(({ key, training }) => [key, sliceCount(training)]));
  });

  it('locks the same patients under every set of arms and number of folds', () => {
    const locked = (request: Partial<typeof REQUEST>) =>
      designExperiment(cohort(20), { ...REQUEST, ...request }).locked;
    expect(locked({ arms: ['patient'], folds: 2 })).toEqual(
      locked({ arms: EXPERIMENT_ARMS, folds: 5, repeats: 3 }),
    );
    expect(locked({})).toHaveLength(4);
    expect(locked({ seed: 4 })).not.toEqual(locked({}));
  });

  it('takes the budget of the smallest training, or a smaller one; an arm that cannot reach it is refused', () => {
    const scans = cohort(10);
    const { arms, budget, remarks } = designExperiment(scans, all);
    expect(budget).toBe(Math.min(...arms.map(({ pool }) => pool)));
    // Two time positions give two folds: half of the slices train.
    expect(arms.find(({ arm }) => arm === 'view')).toMatchObject({ folds: 2, pool: budget });
    expect(remarks.join(' ')).toMatch(/view arm has 2 folds instead of 4/u);
    expect(remarks.join(' ')).not.toMatch(/sets the budget of all arms.*undefined/u);
    const more = designExperiment(scans, { ...all, budget: budget + 1 });
    expect(more.arms.map(({ arm }) => arm)).not.toContain('view');
    expect(more.refused.find(({ what }) => what === 'arm view')?.sentence).toMatch(/were asked for/u);
    expect(more.arms.length).toBeGreaterThan(0);
  });

  it('runs controls under the finest leaking arm and under the patient arm', () => {
    const plan = planFor(cohort(10), { controls: ['random-masks', 'blank-images'], arms: EXPERIMENT_ARMS });
    expect(plan.controls).toEqual([
      { control: 'random-masks', arms: ['slice', 'patient'] },
      { control: 'blank-images', arms: ['slice', 'patient'] },
    ]);
    expect(experimentTrainings(plan)).toHaveLength(trainingCount(plan));
    const trainings = experimentTrainings(plan).filter(({ control }) => control !== null);
    expect(trainings).toHaveLength(2 * 2 * 4);
    expect(trainings[0]?.key).toBe('random-masks-slice-r1-s1-f0');
  });
});

describe('data that do not allow an arm or a test: refused with a sentence, the others stand', () => {
  it('fewer than 4 patients: nobody is locked', () => {
    const design = designExperiment(cohort(3), { ...all, folds: 2 });
    expect(design.locked).toEqual([]);
    expect(design.arms.map(({ arm }) => arm)).toEqual(['slice', 'scan', 'view', 'patient', 'patient+site']);
    expect(refusedOf(cohort(3), { folds: 2 })['locked set']).toMatch(/3 patients are too few to lock/u);
  });

  it('one patient: no patient arm, so no inflation; the slice arm stands', () => {
    const refused = refusedOf(cohort(1));
    expect(refused['arm patient']).toMatch(
      /needs at least 2 patients outside the locked set, and there is 1/u,
    );
    expect(refused['inflation']).toMatch(/does not have/u);
    expect(designExperiment(cohort(1), all).arms.map(({ arm }) => arm)).toContain('slice');
  });

  it('one scan each: no scan arm and no view arm', () => {
    const refused = refusedOf(cohort(8, 1));
    expect(refused['arm scan']).toMatch(/Every patient has one scan/u);
    expect(refused['arm view']).toBeDefined();
    expect(Object.keys(refused)).toHaveLength(2);
  });

  it('no site: no patient+site arm; one site: neither', () => {
    const without = cohort(8).map((scan) => ({ ...scan, site: null }));
    expect(refusedOf(without)['arm patient+site']).toMatch(/needs the site of every patient/u);
    const one = cohort(8).map((scan) => ({ ...scan, site: 'north' }));
    expect(refusedOf(one)['arm patient+site']).toMatch(/needs at least 2 sites.*there is 1/u);
  });

  it('one slice a scan: no slice arm, and nothing to probe', () => {
    expect(refusedOf(cohort(8, 2, 1), { probeEvery: 3 })['arm slice']).toMatch(/one slice/u);
  });

  it('a locked set of one: honesty and harm are refused', () => {
    expect(refusedOf(cohort(6), { locked: 0.15 })['locked set']).toMatch(/has 1 of 6 patients/u);
    expect(refusedOf(cohort(6), { locked: 0 })['locked set']).toMatch(/No locked set/u);
  });

  it('a condition with one patient is remarked on; none at all is no obstacle', () => {
    const lonely = cohort(9).map((scan) => ({
      ...scan,
      condition: scan.patient === 'P0001' ? 'rare' : 'well',
    }));
    const { remarks, locked } = designExperiment(lonely, { ...all, seed: 1 });
    expect(locked).not.toContain('P0001');
    expect(remarks.join(' ')).toMatch(/condition "rare" has 1 patient/u);
    const none = cohort(9).map((scan) => ({ ...scan, condition: null }));
    expect(designExperiment(none, all).arms).toHaveLength(5);
  });

  it('no leaking arm: no inflation, tau stands', () => {
    expect(refusedOf(cohort(8), { arms: ['patient'] })).toMatchObject({
      inflation: expect.stringMatching(/tau is given/u) as string,
    });
  });

  it('throws only when nothing is left or the request is no request', () => {
    expect(() => designExperiment(cohort(1, 1, 1), all)).toThrow(/No arm of this experiment can be/u);
    expect(() => designExperiment([], all)).toThrow(/no scan with a reference mask/u);
    expect(() => designExperiment(cohort(8), { ...all, arms: [] })).toThrow(/at least one arm/u);
    expect(() => designExperiment(cohort(8), { ...all, folds: 1 })).toThrow(/needs at least 2/u);
    expect(() => designExperiment(cohort(8), { ...all, seeds: [1, 1] })).toThrow(/each seed/u);
    expect(() => designExperiment(cohort(8), { ...all, repeats: 0 })).toThrow(/repeats/u);
    expect(() => designExperiment(cohort(8), { ...all, locked: 1 })).toThrow(/locked share/u);
    expect(() => designExperiment(cohort(8), { ...all, probeEvery: 0 })).toThrow(/probe slices/u);
  });
});
