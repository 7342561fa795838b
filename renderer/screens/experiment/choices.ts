import type { ExperimentChoices, ExperimentDraft } from '#src/contracts/channels';
import { count } from '../../state/format';

/** What each arm keeps together, in a few words. */
export const ARM_TEXTS: Readonly<Record<ExperimentChoices['arms'][number], string>> = {
  slice: 'slices of one scan may part',
  scan: 'scans of one patient may part',
  view: 'each view or phase on one side',
  patient: 'all scans of a patient stay together',
  'patient+site': 'all patients of a site stay together',
};

/** What each control destroys, in a few words. */
export const CONTROL_TEXTS: Readonly<
  Record<ExperimentChoices['controls'][number], { readonly name: string; readonly text: string }>
> = {
  'random-masks': {
    name: 'random masks',
    text: 'one ellipse for each patient: only who recognises the patient can find it',
  },
  'blank-images': { name: 'blank images', text: 'what position alone is worth' },
  'label-shuffle': { name: 'masks of another patient', text: 'nothing can be learned but the patient' },
};

/** Fewest locked patients that anything can be said with. */
const FEWEST_LOCKED = 2;
/** With fewer patients a fold would have none. */
const MOST_FOLDS = 5;

/**
 * Choices to begin with: the arms of the question, five folds where there are as many patients, one patient in five
 * locked away and at least two.
 *
 * @param patients with a reference mask
 */
export function defaultChoices(patients: number): ExperimentChoices {
  const share = patients < 2 * FEWEST_LOCKED ? 0 : Math.max(0.2, FEWEST_LOCKED / patients);
  const locked = Math.round(100 * share) / 100;
  const development = Math.max(2, patients - Math.round(patients * locked));
  return {
    arms: ['slice', 'scan', 'patient'],
    folds: Math.min(MOST_FOLDS, development),
    repeats: 1,
    seeds: [1],
    locked,
    seed: 1,
    budget: null,
    controls: [],
    steps: 1000,
  };
}

/** The first name of the kind `experiment-1` that is free. */
export function freeName(taken: readonly string[]): string {
  let number = 1;
  while (taken.includes(`experiment-${number}`)) number += 1;
  return `experiment-${number}`;
}

/** The plan in words. */
export function planSentences({ design, trainings, steps }: ExperimentDraft): string[] {
  const { developmentPatients, developmentScans, lockedPatients, arms, budget, seeds, repeats } = design;
  const names = arms.map(({ arm, folds }) => `by ${arm} (${folds} folds)`);
  return [
    (lockedPatients === 0
      ? 'No patient is locked away.'
      : `Of ${count(developmentPatients + lockedPatients, 'patients')}, ${lockedPatients} ${lockedPatients === 1 ? 'is' : 'are'} locked away before anything else: no model ever meets them.`) +
      ` The ${lockedPatients === 0 ? '' : 'other '}${count(developmentPatients, 'patients')} (${count(developmentScans, 'scans')}) are dealt ${listed(names)}.`,
    `Every fold is held out once${repeats > 1 ? `, in ${repeats} deals` : ''}${seeds.length > 1 ? `, with ${seeds.length} seeds` : ''}: ${count(trainings, 'trainings')}, each of ${count(steps, 'steps')} on exactly ${count(budget, 'slices')}, with the same model, schedule and augmentation.`,
  ];
}

/** `a`, `a and b`, `a, b and c` */
export function listed(names: readonly string[]): string {
  return names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1] ?? ''}`;
}
