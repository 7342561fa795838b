import { describe, expect, it } from 'vitest';
import { normal, randomStream } from '#src/models/random';
import { probeSlices } from '#src/splits/probe-slices';
import { crossedStatistics } from '#src/statistics/crossed-statistics';
import { experimentEstimates } from './experiment-result';
import { experimentTrainings, type ExperimentTraining } from './experiment-trainings';
import { diceOfSlices } from './slice-counts';
import { cohort, planFor, scoresWith } from './testing/synthetic-experiment';

/** Difficulty of a patient: what every model finds hard in them alike. */
function difficulty(patient: string): number {
  return 0.03 * normal(randomStream(Number(patient.slice(1))));
}

const knows = (training: ExperimentTraining, patient: string) =>
  training.training.some((entry) => entry.patient === patient);

/** Models that score `gain` higher on patients whom they have met. */
const gaining =
  (gain: number) =>
  (training: ExperimentTraining, { patient }: { readonly patient: string }) =>
    0.8 + difficulty(patient) + (knows(training, patient) ? gain : 0);

describe('the estimates of an experiment', () => {
  const scans = cohort(24);
  const plan = planFor(scans, { guardEvery: 2 });
  const trainings = experimentTrainings(plan);
  const result = (gain: number) => {
    const table = scoresWith(trainings, scans, gaining(gain));
    return experimentEstimates(plan, trainings, table, table);
  };

  it('find a planted familiarity as inflation, and nothing in harm and honesty of the patient arm', () => {
    const found = result(0.06);
    const slice = found.inflation.find(({ arm }) => arm === 'slice');
    expect(slice?.gap?.mean).toBeCloseTo(0.06, 3);
    expect(slice).toMatchObject({ complete: true, n: 19, statistics: { verdict: { code: 'inflated' } } });
    expect(slice?.pMaxT).toBeLessThan(0.01);
    // Both scans of a patient are sometimes held out together: the scan arm is inflated by less.
    const scan = found.inflation.find(({ arm }) => arm === 'scan');
    expect(scan?.gap?.mean).toBeGreaterThan(0.03);
    expect(scan?.gap?.mean).toBeLessThan(0.0601);
    expect(found.tau?.gap?.mean).toBeCloseTo(0.06, 3);
    for (const { gap } of found.harm) expect(gap?.mean).toBeCloseTo(0, 6);
    expect(found.harm[0]?.statistics?.verdict.code).toBe('too-few');
    const honesty = Object.fromEntries(found.honesty.map((entry) => [entry.arm, entry.gap?.mean ?? NaN]));
    expect((honesty['slice'] ?? NaN) - (honesty['patient'] ?? NaN)).toBeCloseTo(0.06, 3);
    expect(found.honesty[0]?.n).toEqual([19, 5]);
  });

  it('find none where there is none', () => {
    const found = result(0);
    for (const { statistics } of found.inflation) expect(statistics?.verdict.code).toBe('equivalent');
    expect(found.tau?.statistics?.verdict.code).toBe('equivalent');
  });

  it('take tau as the crossed design does', () => {
    const noisy = (
      training: ExperimentTraining,
      { scan, patient }: { scan: string; patient: string },
      slice: number,
    ) =>
      gaining(0.04)(training, { patient }) +
      0.05 * normal(randomStream(trainings.indexOf(training), Number(scan.slice(-1)), slice));
    const table = scoresWith(trainings, scans, noisy);
    const patientArm = trainings.filter(({ arm }) => arm === 'patient');
    const development = [
      ...new Set(patientArm.flatMap(({ heldOut }) => heldOut.map(({ patient }) => patient))),
    ].sort();
    const metric = development.map((patient) =>
      patientArm.map(({ key }) => {
        const own = scans.filter((scan) => scan.patient === patient);
        const values = own.map(({ scan, slices }) => {
          const counts = table.get(key)?.get(scan) ?? [];
          return diceOfSlices(probeSlices(slices, 5).map((slice) => counts[slice] ?? [])) ?? NaN;
        });
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      }),
    );
    const heldOutFold = development.map((patient) =>
      patientArm.findIndex(({ heldOut }) => heldOut.some((entry) => entry.patient === patient)),
    );
    const expected = crossedStatistics({ metric, heldOutFold, patients: development, seed: plan.seed });
    const found = experimentEstimates(plan, trainings, table, new Map()).tau;
    expect(found?.n).toBe(development.length);
    expect(found?.gap?.mean).toBeCloseTo(expected.gap.mean ?? NaN, 10);
    expect(found?.gap?.ci95?.[0]).toBeCloseTo(expected.gap.ci95?.[0] ?? NaN, 10);
  });

  it('take the second tau on probes without a training neighbour', () => {
    // What a neighbour gives is gone from the second tau, what the patient gives stays.
    const table = scoresWith(trainings, scans, (training, scan, slice) => {
      const own = training.training.find((entry) => entry.scan === scan.scan)?.slices ?? [];
      const beside = own.includes(slice - 1) || own.includes(slice + 1);
      return gaining(0.03)(training, scan) + (beside ? 0.1 : 0);
    });
    const found = experimentEstimates(plan, trainings, table, new Map());
    expect(found.tau?.gap?.mean).toBeGreaterThan(0.06);
    expect(found.tauWithoutNeighbours?.gap?.mean).toBeCloseTo(0.03, 3);
    const unguarded = planFor(scans, { guardEvery: 0 });
    const all = experimentTrainings(unguarded);
    const none = experimentEstimates(unguarded, all, scoresWith(all, scans, gaining(0.03)), new Map());
    expect(none.tau?.n).toBe(19);
    // The budget of the other arms thins the patient arm a little; where nothing is thinned no slice is left.
    if (none.tauWithoutNeighbours?.n === 0)
      expect(none.tauWithoutNeighbours.sentence).toMatch(/no slice to rest on/u);
  });

  it('order the familiarity ladder, each level with its n', () => {
    const table = scoresWith(trainings, scans, (training, scan, slice) => {
      const own = training.training.filter((entry) => entry.patient === scan.patient);
      const same = own.find((entry) => entry.scan === scan.scan);
      const steps = same?.slices.includes(slice) ? 0.16 : same ? 0.12 : own.length > 0 ? 0.05 : 0;
      return 0.7 + difficulty(scan.patient) + steps;
    });
    const { ladder } = experimentEstimates(plan, trainings, table, table);
    expect(ladder.map(({ level }) => level)).toEqual(['L0', 'L1', 'L2', 'L3', 'L4', 'L5']);
    const of = (level: string) => ladder.find((entry) => entry.level === level);
    expect(of('L0')?.againstUnseenPatient?.mean).toBeCloseTo(0.16, 3);
    expect(of('L1')?.againstUnseenPatient?.mean).toBeCloseTo(0.12, 3);
    // The two scans of a patient are two time positions: another scan is another phase.
    expect(of('L2')).toMatchObject({ n: 0, estimate: null });
    expect(of('L3')?.againstUnseenPatient?.mean).toBeCloseTo(0.05, 3);
    expect(of('L4')).toMatchObject({ n: 19, againstUnseenPatient: null });
    expect(of('L5')?.n).toBe(5);
  });

  it('give a result of each condition with two patients or more', () => {
    const found = result(0.06).inflationByCondition;
    expect(new Set(found.map(({ condition }) => condition))).toEqual(new Set(['ill', 'well']));
    const n = found.filter(({ arm }) => arm === 'slice').map((entry) => entry.n);
    expect(n.reduce((sum, value) => sum + value, 0)).toBe(19);
  });

  it('give means so far, and no verdict, while trainings are missing; nothing of the locked set before it is looked at', () => {
    const first = trainings.slice(0, 6);
    const table = scoresWith(first, scans, gaining(0.06));
    const found = experimentEstimates(plan, trainings, table, new Map());
    const slice = found.inflation.find(({ arm }) => arm === 'slice');
    expect(slice).toMatchObject({ complete: false, statistics: null });
    expect(found.harm).toEqual([]);
    expect(found.honesty).toEqual([]);
    expect(
      found.patients
        .filter(({ side }) => side === 'locked')
        .every(({ arms }) => arms.every(({ dice }) => dice === null)),
    ).toBe(true);
    const nothing = experimentEstimates(plan, trainings, new Map(), new Map());
    expect(nothing.tau?.sentence).toBe('Nothing yet.');
    expect(JSON.stringify(nothing)).not.toMatch(/NaN/u);
  });

  it('average repeats and seeds before they compare', () => {
    const repeated = planFor(scans, { repeats: 2, seeds: [1, 2], folds: 3 });
    const all = experimentTrainings(repeated);
    expect(all).toHaveLength(3 * 3 * 4);
    const table = scoresWith(
      all,
      scans,
      (training, scan) => gaining(0.05)(training, scan) + (training.seed === 2 ? 0.01 : -0.01),
    );
    const found = experimentEstimates(repeated, all, table, new Map());
    expect(found.inflation.find(({ arm }) => arm === 'slice')).toMatchObject({ n: 19, complete: true });
    expect(found.inflation[0]?.gap?.mean).toBeCloseTo(0.05, 3);
  });
});

describe('controls', () => {
  it('say who recognises patients: above the best constant mask, above the patient arm', () => {
    const scans = cohort(16);
    const plan = planFor(scans, { controls: ['random-masks', 'blank-images'], arms: ['slice', 'patient'] });
    const trainings = experimentTrainings(plan);
    const table = scoresWith(trainings, scans, (training, { patient }) =>
      training.control === 'random-masks' ? (knows(training, patient) ? 0.9 : 0.05) : 0.4,
    );
    const { controls } = experimentEstimates(plan, trainings, table, new Map());
    const of = (control: string, arm: string) =>
      controls.find((entry) => entry.control === control && entry.arm === arm);
    expect(of('random-masks', 'slice')?.constantMask).toBeGreaterThan(0.1);
    expect(of('random-masks', 'slice')?.constantMask).toBeLessThan(0.6);
    expect(of('random-masks', 'slice')?.aboveConstantMask?.sentence).toMatch(
      /these models recognise patients/u,
    );
    expect(of('random-masks', 'patient')?.aboveConstantMask?.sentence).toMatch(
      /no sign that patients are recognised/u,
    );
    expect(of('random-masks', 'slice')?.abovePatientArm?.gap?.mean).toBeCloseTo(0.85, 3);
    expect(of('blank-images', 'patient')).toMatchObject({
      constantMask: null,
      aboveConstantMask: null,
      abovePatientArm: null,
    });
  });
});
