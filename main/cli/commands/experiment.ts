import type { ExperimentDocument, ExperimentPlanned } from '#src/contracts/documents/experiment';
import { EXPERIMENT_ARMS, EXPERIMENT_CONTROLS } from '#src/contracts/documents/experiment-plan';
import { HeldoutError } from '#src/contracts/failure';
import { looksSentence } from '#src/experiments/looks';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { experimentStatus } from '#main/operations/experiment-status';
import { planExperiment } from '#main/operations/plan-experiment';
import { inWords, runExperiment } from '#main/operations/run-experiment';
import type { Command } from '../command';
import { onePositional } from '../options';
import { projectOption, withProject } from '../project-option';
import { table } from '../table';
import { readConfig } from './train';

const decimal = (value: number | null | undefined) => (value == null ? '–' : value.toFixed(3));
const interval = (gap: { readonly ci95: readonly [number, number] | null } | null) =>
  gap?.ci95 ? `${decimal(gap.ci95[0])} to ${decimal(gap.ci95[1])}` : '–';

/** Some of `all`, as a list with commas. @throws HeldoutError `usage` for one that is not among them */
function listed<T extends string>(name: string, text: string | undefined, all: readonly T[]): T[] {
  if (text === undefined) return [];
  return text.split(',').map((entry) => {
    const found = all.find((candidate) => candidate === entry.trim());
    if (found === undefined)
      throw new HeldoutError('usage', `--${name} must be some of ${all.join(',')}, not "${entry}".`);
    return found;
  });
}

function seedsOf(text: string | undefined): number[] {
  return (text ?? '1').split(',').map((entry) => {
    const seed = Number(entry);
    if (entry.trim() === '' || !Number.isInteger(seed) || seed < 0)
      throw new HeldoutError('usage', `--seeds must be whole numbers with commas, not "${entry}".`);
    return seed;
  });
}

function describeDesign(design: ExperimentDocument['design']): string {
  return table(
    ['arm', 'folds', 'could train on', 'trains on', 'patients in training'],
    design.arms.map(({ arm, folds, pool, patients: [fewest, most] }) => [
      arm,
      folds,
      pool,
      design.budget,
      fewest === most ? String(most) : `${fewest} to ${most}`,
    ]),
  );
}

function describePlan(planned: ExperimentPlanned): string[] {
  const { design, foreseen } = planned;
  return [
    describeDesign(design),
    `${planned.trainings} trainings of ${planned.steps} steps on ${design.budget} slices each, about ${inWords(planned.secondsExpected)} in all (${planned.timeSource}).`,
    `${design.developmentPatients} patients in development, ${design.lockedPatients} in the locked set.`,
    foreseen.smallestDetectableGap === null
      ? 'So few patients cannot show any gap.'
      : `${foreseen.n} patients can show gaps from ${decimal(foreseen.smallestDetectableGap)} up, if their differences spread by ${foreseen.spread} (two-sided .05, power .80).`,
    ...planned.refused.map(({ what, sentence }) => `Left out, ${what}: ${sentence}`),
    ...planned.remarks,
    `${planned.file}`,
    `Start it with: heldout experiment run ${planned.name}`,
  ];
}

function describeResult(document: ExperimentDocument): string[] {
  const lines = [
    `${document.done} of ${document.trainings.length} trainings done${document.complete ? '.' : `, about ${inWords(document.secondsLeft)} left.`}`,
    describeDesign(document.design),
    table(
      ['arm', 'claimed', '95 %', 'n', 'locked set', '95 %', 'n'],
      document.arms.map(({ arm, claimed, locked }) => [
        arm,
        decimal(claimed.estimate?.mean),
        interval(claimed.estimate),
        claimed.n,
        decimal(locked.estimate?.mean),
        interval(locked.estimate),
        locked.n,
      ]),
    ),
    ...document.inflation.map(({ arm, sentence }) => `Inflation of the ${arm} arm: ${sentence}`),
    ...document.honesty.flatMap(({ arm, verdict }) =>
      verdict === null ? [] : [`Honesty of the ${arm} arm: ${verdict.sentence}`],
    ),
    ...document.harm.map(({ arm, sentence }) => `Against the ${arm} arm: ${sentence}`),
    ...(document.tau === null ? [] : [`tau: ${document.tau.sentence}`]),
    ...(document.tauWithoutNeighbours === null
      ? []
      : [`tau without training neighbours: ${document.tauWithoutNeighbours.sentence}`]),
    table(
      ['level', 'what', 'Dice', '95 %', 'n'],
      document.ladder.map(({ level, name, estimate, n }) => [
        level,
        name,
        decimal(estimate?.mean),
        interval(estimate),
        n,
      ]),
    ),
    ...document.controls.flatMap(
      ({ control, arm, score, constantMask, aboveConstantMask, abovePatientArm }) => [
        `Control ${control}, ${arm} arm: ${decimal(score.estimate?.mean)} (n = ${score.n})` +
          `${constantMask === null ? '' : `, best constant mask ${decimal(constantMask)}`}.` +
          `${aboveConstantMask === null ? '' : ` ${aboveConstantMask.sentence}`}` +
          `${abovePatientArm === null ? '' : ` ${abovePatientArm.sentence}`}`,
      ],
    ),
    ...document.refused.map(({ what, sentence }) => `Left out, ${what}: ${sentence}`),
    ...document.remarks,
    looksSentence(document.looks),
  ];
  return lines;
}

/** `heldout experiment plan`: everything that an experiment will do, before it does anything. */
export const experimentPlan: Command = {
  name: 'experiment plan',
  usage:
    `NAME [--arms ${EXPERIMENT_ARMS.join(',')}] [--folds 5] [--repeats 1] [--seeds 1,2] [--locked 0.2] [--seed 1] [--steps 2000] ` +
    `[--slices N] [--controls ${EXPERIMENT_CONTROLS.join(',')}] [--probe-every 5] [--guard-every 3] [--margin 0.02] [--config FILE] [--threads N]`,
  summary: 'split designs against each other at equal cost: the plan, its time, the gap that it can show',
  options: {
    ...projectOption,
    arms: { type: 'string' },
    folds: { type: 'string' },
    repeats: { type: 'string' },
    seeds: { type: 'string' },
    locked: { type: 'string' },
    seed: { type: 'string' },
    steps: { type: 'string' },
    slices: { type: 'string' },
    controls: { type: 'string' },
    'probe-every': { type: 'string' },
    'guard-every': { type: 'string' },
    margin: { type: 'string' },
    config: { type: 'string' },
    threads: { type: 'string' },
  },
  async run(invocation) {
    const { options, terminal, context } = invocation;
    const configFile = options.text('config');
    const threads = options.integer('threads', 1, 1024);
    const request = {
      name: onePositional(invocation.positionals, 'name of the experiment'),
      arms:
        options.text('arms') === undefined
          ? EXPERIMENT_ARMS
          : listed('arms', options.text('arms'), EXPERIMENT_ARMS),
      folds: options.integer('folds', 2, 50) ?? 5,
      repeats: options.integer('repeats', 1, 20) ?? 1,
      seeds: seedsOf(options.text('seeds')),
      locked: options.number('locked', 0, 0.9) ?? 0.2,
      seed: options.integer('seed', 0, 2 ** 31 - 1) ?? 1,
      probeEvery: options.integer('probe-every', 2, 1000) ?? 5,
      guardEvery: options.integer('guard-every', 0, 1000) ?? 3,
      margin: options.number('margin', 0.0001, 1) ?? 0.02,
      budget: options.integer('slices', 1, 1_000_000_000) ?? null,
      controls: listed('controls', options.text('controls'), EXPERIMENT_CONTROLS),
      steps: options.integer('steps', 1, 100_000_000) ?? 2000,
      ...(threads === undefined ? {} : { threads }),
      ...(configFile === undefined ? {} : { config: await readConfig(configFile) }),
    };
    const planned = await withProject(invocation, (project) => planExperiment(project, request, context));
    terminal.document(planned);
    if (!terminal.json) describePlan(planned).forEach((line) => terminal.line(line));
    return planned.refused.length > 0 ? 1 : 0;
  },
};

/** `heldout experiment run`: from wherever it is to its end. */
export const experimentRun: Command = {
  name: 'experiment run',
  usage: 'NAME|plan.json',
  summary: 'run an experiment, or go on with it; Ctrl+C stops it cleanly',
  options: projectOption,
  async run(invocation) {
    const { terminal, context } = invocation;
    const name = onePositional(invocation.positionals, 'name of the experiment or plan.json');
    const document = await withProject(invocation, (project) =>
      runExperiment(project, name, context, nodeLauncher(), (finished) => {
        terminal.event({ type: 'training', ...finished });
        if (!terminal.json)
          terminal.line(
            `${finished.done} of ${finished.of}  ${finished.training}: held-out Dice ${decimal(finished.heldOutDice)} (n = ${finished.patients}), about ${inWords(finished.secondsLeft)} left`,
          );
      }),
    );
    terminal.document(document);
    if (!terminal.json) describeResult(document).forEach((line) => terminal.line(line));
    return 0;
  },
};

/** `heldout experiment status`: how far it is and what it has shown so far; the locked set only when asked for. */
export const experimentStatusCommand: Command = {
  name: 'experiment status',
  usage: 'NAME [--locked]',
  summary: 'how far an experiment is; --locked shows the locked set too and is written down as a look',
  options: { ...projectOption, locked: { type: 'boolean' } },
  async run(invocation) {
    const { terminal, options } = invocation;
    const name = onePositional(invocation.positionals, 'name of the experiment');
    const document = await withProject(invocation, (project) =>
      experimentStatus(project, name, options.flag('locked') ? 'status asked for with the locked set' : null),
    );
    terminal.document(document);
    if (!terminal.json) describeResult(document).forEach((line) => terminal.line(line));
    return 0;
  },
};
