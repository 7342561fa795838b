import type { ExperimentDocument } from '#src/contracts/documents/experiment';
import type { ExperimentPlan } from '#src/contracts/documents/experiment-plan';
import { developmentScans, type ExperimentTraining } from '#src/experiments/experiment-trainings';
import { looksSentence } from '#src/experiments/looks';
import { html, type Markup } from '../markup';
import { counted, day, decimal, range } from '../report/numbers';
import { reportPage, section } from '../report/report-page';
import { designFigure } from './design-figure';
import { estimatesFigure, type EstimateRow } from './estimates-figure';
import { armPatientsFigure } from './patients-figure';

/** Everything that the report of an experiment shows. It holds patient codes only. */
export interface ExperimentReportData {
  readonly project: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly plan: ExperimentPlan;
  readonly trainings: readonly ExperimentTraining[];
  readonly result: ExperimentDocument;
  readonly versions: Readonly<Record<string, string>>;
  readonly hashes: readonly { readonly what: string; readonly sha256: string }[];
}

/** The report of an experiment: a single HTML document that loads nothing and runs nothing. */
export function experimentHtml(data: ExperimentReportData): string {
  const { project, plan, trainings, result, createdAt } = data;
  return reportPage({
    project,
    title: `${project}, experiment ${plan.name}: does knowing the patient inflate the score?`,
    note: `Experiment ${plan.name} · planned ${day(plan.createdAt)} · ${day(createdAt)}`,
    body: html`${section('Does knowing the patient inflate the score, and by how much?', verdicts(result))}
    ${section('The data', flow(result))}
    ${section('The design', designTable(result), designFigure(trainings, developmentScans(plan)))}
    ${section('Claimed against true', claimedFigure(result), gapsFigure(result))}
    ${section('The familiarity ladder', ladderFigure(result))}
    ${section(
      'Every patient',
      result.inflation.flatMap(({ arm }) => armPatientsFigure(result, arm) ?? []),
      patientsTable(result),
    )}
    ${result.controls.length > 0 ? section('Controls', controlsList(result)) : null}
    ${section('Limits', list(limits(data)))} ${section('Looks at the locked set', looks(result))}
    ${section('Methods', methods(data))} ${section('Versions and hashes', origin(data))}`,
  });
}

function verdicts(result: ExperimentDocument): Markup {
  const sentences = [
    ...result.inflation.map(({ arm, sentence, pMaxT }) => ({
      name: `Inflation of the ${arm} arm`,
      sentence:
        sentence +
        (pMaxT === null || result.inflation.length < 2
          ? ''
          : ` p = ${decimal(pMaxT, 4)}, adjusted for looking at ${result.inflation.length} arms (max-T).`),
    })),
    ...(result.tau === null
      ? []
      : [{ name: 'tau, the crossed design of the patient arm', sentence: result.tau.sentence }]),
    ...(result.tauWithoutNeighbours === null
      ? []
      : [
          {
            name: 'tau without probe slices that have a training neighbour',
            sentence: result.tauWithoutNeighbours.sentence,
          },
        ]),
    ...result.honesty.flatMap(({ arm, verdict }) =>
      verdict === null ? [] : [{ name: `Honesty of the ${arm} arm`, sentence: verdict.sentence }],
    ),
    ...result.harm.map(({ arm, sentence }) => ({
      name: `Harm of the patient split, against the ${arm} arm`,
      sentence,
    })),
  ];
  return html`${
      result.complete
        ? null
        : html`<p>
            <strong>${result.done} of ${result.trainings.length} trainings are done.</strong> What follows are
            means so far; verdicts come with the last training.
          </p>`
    }
    <dl class="origin">
      ${sentences.map(
        ({ name, sentence }) =>
          html`<dt>${name}</dt>
            <dd>${sentence}</dd>`,
      )}
    </dl>
    ${list([
      ...result.refused.map(({ what, sentence }) => `Left out, ${what}: ${sentence}`),
      ...result.remarks,
    ])}`;
}

function flow({ design }: ExperimentDocument): Markup {
  const step = (name: string, text: string, className = '') =>
    html`<li class="${className}"><strong>${name}</strong><span>${text}</span></li>`;
  const all = design.developmentPatients + design.lockedPatients;
  return html`<ol class="flow">
    ${step('In the plan', `${counted(all, 'patient')}, ${counted(design.developmentScans + design.lockedScans, 'scan')}`)}
    ${step('Locked set', `${counted(design.lockedPatients, 'patient')}, ${counted(design.lockedScans, 'scan')}, cut off first`, 'locked')}
    ${step('Development', `${counted(design.developmentPatients, 'patient')}, ${counted(design.developmentScans, 'scan')}, dealt by every arm`, 'held')}
    ${step('Every training', `${counted(design.budget, 'slice')}, ${counted(design.steps, 'step')}`, 'seen')}
  </ol>`;
}

function designTable({ design }: ExperimentDocument): Markup {
  return table(
    `Every training has the same ${design.budget} slices in number, ${design.steps} steps, model, schedule, augmentation and seeds (${design.seeds.join(', ')}), in ${counted(design.repeats, 'repeat')}. The number of patients differs by nature.`,
    ['Arm', 'Folds', 'Slices that its smallest training could have', 'Patients in a training'],
    design.arms.map(({ arm, folds, pool, patients: [fewest, most] }) => [
      arm,
      String(folds),
      String(pool),
      fewest === most ? String(most) : `${fewest} to ${most}`,
    ]),
  );
}

function claimedFigure({ arms }: ExperimentDocument): Markup {
  const rows = arms.flatMap(({ arm, claimed, locked }): EstimateRow[] => [
    { name: `${arm} arm, claimed`, basis: `n = ${claimed.n} patients`, estimate: claimed.estimate },
    ...(locked.n === 0
      ? []
      : [{ name: `${arm} arm, locked set`, basis: `n = ${locked.n} patients`, estimate: locked.estimate }]),
  ]);
  return estimatesFigure({
    ...{ id: 'claimed', title: 'What each arm claims, and what its models reach on the locked set', rows },
    margin: null,
    caption:
      'Mean Dice with 95 % interval. Claimed: held-out slices in cross-validation, development patients. True: whole scans of the locked set. Two groups of patients: they may differ in difficulty.',
  });
}

function gapsFigure({ inflation, tau, tauWithoutNeighbours, harm, design }: ExperimentDocument): Markup {
  const row = (name: string, estimate: { readonly n: number; readonly gap: EstimateRow['estimate'] }) => ({
    ...{ name, basis: `n = ${estimate.n} patients` },
    estimate: estimate.gap,
  });
  return estimatesFigure({
    id: 'gaps',
    title: 'Inflation, tau and harm',
    rows: [
      ...inflation.map((entry) => row(`inflation, ${entry.arm} arm`, entry)),
      ...(tau === null ? [] : [row('tau', tau)]),
      ...(tauWithoutNeighbours === null ? [] : [row('tau without neighbours', tauWithoutNeighbours)]),
      ...harm.map((entry) => row(`harm, against ${entry.arm} arm`, entry)),
    ],
    margin: design.margin,
    caption: `Differences in Dice with 95 % interval, paired by patient. Shaded: the margin of ±${design.margin}.`,
  });
}

function ladderFigure({ ladder }: ExperimentDocument): Markup {
  return html`${estimatesFigure({
    id: 'ladder',
    title: 'The familiarity ladder',
    rows: ladder.map(({ level, name, n, estimate }) => ({
      name: `${level} ${name}`,
      basis: n === 0 ? 'nobody has it' : `n = ${n} patients`,
      estimate,
    })),
    margin: null,
    caption:
      'Mean Dice with 95 % interval by how well a model knows what it is shown, over all arms. L1 to L4 on the same probe slices, on which no model trained.',
  })}
  ${table(
    'The same patients against the level of an unseen patient (L4), paired.',
    ['Level', 'Difference to L4', '95 %'],
    ladder.flatMap(({ level, againstUnseenPatient }) =>
      againstUnseenPatient === null
        ? []
        : [[level, decimal(againstUnseenPatient.mean), range(againstUnseenPatient.ci95)]],
    ),
  )}`;
}

function patientsTable({ patients, arms }: ExperimentDocument): Markup {
  return html`<details>
    <summary>Every value</summary>
    <div class="scroll">
      ${table(
        'Dice of each patient: development patients as claimed, locked patients as reached by the models of each arm.',
        ['Patient', 'Side', 'Scans', ...arms.map(({ arm }) => `${arm} arm`)],
        patients.map(({ patient, side, scans, arms: values }) => [
          patient,
          side,
          String(scans),
          ...values.map(({ dice }) => decimal(dice)),
        ]),
      )}
    </div>
  </details>`;
}

function controlsList({ controls }: ExperimentDocument): Markup {
  return list(
    controls.map(
      ({ control, arm, score, constantMask, aboveConstantMask, abovePatientArm }) =>
        `${control}, ${arm} arm: Dice ${decimal(score.estimate?.mean)} (95 % interval ${range(score.estimate?.ci95)}, n = ${score.n} patients)` +
        `${constantMask === null ? '' : `; best constant mask ${decimal(constantMask)}`}.` +
        `${aboveConstantMask === null ? '' : ` ${aboveConstantMask.sentence}`}${abovePatientArm === null ? '' : ` ${abovePatientArm.sentence}`}`,
    ),
  );
}

function limits({ plan, result }: ExperimentReportData): string[] {
  return [
    'The number of patients in a training differs between arms by nature: the same number of slices comes from all patients in one arm and from fewer in another.',
    `${counted(plan.repeats, 'deal')} of the folds and ${counted(plan.seeds.length, 'training seed')}: others would give somewhat other scores.`,
    `n = ${result.design.developmentPatients} development and ${result.design.lockedPatients} locked patients of one project; other hospitals and scanners are not spoken for.`,
    'The reference masks are taken as true.',
    'With few patients and differences that have a long tail to one side, intervals err more often than 5 %: see the error rates in the documentation.',
  ];
}

function looks({ looks }: ExperimentDocument): Markup {
  const words = {
    first: 'first look',
    again: 'same models again',
    'after-change': 'second look after a change of the model',
  };
  return html`<p>${looksSentence(looks)} Writing this report is a look.</p>
    ${table(
      'The ledger.',
      ['When', 'Experiment', 'Why', 'Who', 'What it was'],
      looks.map(({ at, run, reason, who, kind }) => [
        at.slice(0, 16).replace('T', ' '),
        run,
        reason,
        who,
        words[kind],
      ]),
    )}`;
}

function methods({ plan, result, trainings }: ExperimentReportData): Markup {
  const { model, patch, batch, schedule, targetSpacing } = plan.settings;
  return html`<p>
      Of ${counted(result.design.developmentPatients + result.design.lockedPatients, 'patient')},
      ${String(result.design.lockedPatients)} were set aside before anything else (seed ${String(plan.seed)}).
      The others were dealt by ${plan.arms.map(({ arm, folds }) => `${arm} (${folds} folds)`).join(', ')};
      every fold was held out once in each of ${counted(plan.repeats, 'repeat')} and with
      ${counted(plan.seeds.length, 'seed')}, ${String(trainings.length)} trainings in all, controls included.
      Each trained a 2-D U-Net (${String(model.base)} channels at the first of ${String(model.depth)} levels)
      on exactly ${String(plan.budget)} slices for ${String(result.design.steps)} steps of ${String(batch)}
      patches of ${String(patch[0])} × ${String(patch[1])} at ${decimal(targetSpacing[0], 2)} ×
      ${decimal(targetSpacing[1], 2)} mm, with a ${schedule.kind} schedule from
      ${String(schedule.learningRate)}. One slice in ${String(plan.probeEvery)} of every scan was never
      trained on.
    </p>
    <p>
      Dice is pooled over the slices of a scan; a patient’s value is the mean over labels, scans, repeats and
      seeds. Inflation is an arm’s claim minus the patient arm’s on the same slices, paired by patient; tau is
      the mean score on probe slices of the models that trained on a patient minus that of the one that did
      not; harm is the difference between the arms’ models on the locked set, paired by patient; honesty
      compares claim and locked set with Welch’s interval. Intervals: Student’s t under 30 patients, BCa
      bootstrap from 30. The unit of every test is the patient.
    </p>`;
}

function origin({ plan, versions, hashes }: ExperimentReportData): Markup {
  const entry = (name: string, value: Markup | string) =>
    html`<dt>${name}</dt>
      <dd>${value}</dd>`;
  return html`<dl class="origin">
    ${entry('to reproduce it', html`<code>heldout experiment run plan.json</code>, with the plan beside this report`)}
    ${entry('runs', html`<code>x-${plan.name}-…</code>`)}
    ${Object.entries(versions).map(([name, version]) => entry(name, version))}
    ${hashes.map(({ what, sha256 }) => entry(what, html`<code>${sha256}</code>`))}
  </dl>`;
}

function list(sentences: readonly string[]): Markup {
  return html`<ul>
    ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
  </ul>`;
}

function table(caption: string, header: readonly string[], rows: readonly (readonly string[])[]): Markup {
  return html`<table>
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        ${header.map((title) => html`<th scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map((cell) => html`<td>${cell}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
