import type { ExperimentDocument } from '#src/contracts/documents/experiment';
import type { ExperimentPlan } from '#src/contracts/documents/experiment-plan';
import type { StatisticsDocument } from '#src/contracts/documents/statistics';
import { meanWithInterval } from '#src/statistics/paired-statistics';
import { constantMaskDice, randomEllipse } from './control-masks';
import { differences, estimateOf } from './experiment-estimates';
import { developmentScans, type ExperimentTraining } from './experiment-trainings';
import { claimedValues, definedValues, groupsOf, type PatientValues, type ScoreTable } from './score-table';

/**
 * What the controls came to. With random masks an image says nothing about its mask, so a held-out score above that of
 * the best constant mask can only come from recognising the patient; with shuffled labels the patient arm gives what can
 * be reached without recognising anybody. Blank images give what position alone is worth.
 */
export function controlResults(
  plan: ExperimentPlan,
  trainings: readonly ExperimentTraining[],
  table: ScoreTable,
): ExperimentDocument['controls'] {
  const development = developmentScans(plan);
  const patients = [...new Set(development.map(({ patient }) => patient))];
  const options = { margin: plan.margin, seed: plan.seed };
  return plan.controls.flatMap(({ control, arms }) => {
    const results = arms.map((arm) => {
      const groups = groupsOf(trainings, arm, control);
      return {
        arm,
        complete: groups.flat().every(({ key }) => table.has(key)),
        values: claimedValues(groups, development, table),
      };
    });
    const floor: PatientValues | null =
      control === 'random-masks'
        ? new Map(
            constantMaskDice(patients.map((patient) => randomEllipse(plan.seed, patient))).map(
              (dice, index) => [patients[index] ?? '', dice],
            ),
          )
        : null;
    const patientArm = results.find(({ arm }) => arm === 'patient');
    return results.map(({ arm, complete, values }) => {
      const scores = definedValues(values);
      const above = (other: PatientValues, isComplete: boolean, what: string) =>
        estimateOf(differences(values, other), { ...options, complete: isComplete }, (statistics) =>
          recognitionSentence(statistics, what),
        );
      const floorValues = floor === null ? [] : definedValues(floor);
      return {
        control,
        arm,
        complete,
        score: { n: scores.length, estimate: scores.length === 0 ? null : meanWithInterval(scores) },
        constantMask: floorValues.length === 0 ? null : (meanWithInterval(floorValues).mean ?? null),
        aboveConstantMask: floor === null ? null : above(floor, complete, 'the best constant mask'),
        abovePatientArm:
          patientArm === undefined || arm === 'patient'
            ? null
            : above(patientArm.values, complete && patientArm.complete, "the patient arm's models"),
      };
    });
  });
}

function recognitionSentence({ verdict, gap, n }: StatisticsDocument, other: string): string {
  const [low, high] = gap.ci95 ?? [null, null];
  const by =
    `${(gap.mean ?? 0).toFixed(3)}` +
    `${low === null || high === null ? '' : ` (95 % interval ${low.toFixed(3)} to ${high.toFixed(3)})`}, n = ${n} patients`;
  switch (verdict.code) {
    case 'inflated':
    case 'inflated-small':
      return `Better than ${other} by ${by}: these models recognise patients.`;
    case 'reversed':
    case 'equivalent':
      return `Not better than ${other} (${by}): no sign that patients are recognised.`;
    case 'too-few':
      return `Cannot tell with so few patients whether it is better than ${other} (${by}).`;
    default:
      return `Cannot tell whether it is better than ${other} (${by}).`;
  }
}
