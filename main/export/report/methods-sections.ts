import type { ImportedRun } from '#src/contracts/documents/imported-run';
import type { RunConfig } from '#src/contracts/documents/run';
import { unequalFoldsSentence } from '#src/experiments/crossed-design';
import { html, type Markup } from '../markup';
import { counted, day, decimal, duration } from './numbers';
import type { ReportData } from './report-data';
import { isOneSided } from './result-sections';

/** How the numbers came about, as paragraphs for a paper. */
export function methodsSection(data: ReportData): Markup {
  const { config, imported, split, compare } = data;
  return html`${config === null ? null : trainingParagraph(config, data)}
    ${imported === null ? null : importedParagraph(imported, data)}
    <p>
      Dice is taken over whole volumes, never averaged over slices; a patient’s value is the mean over labels
      and scans, a group’s the mean over patients. When neither mask holds a label, the value is undefined,
      left out and counted.
      ${
        compare.crossed
          ? `In the crossed design each of n = ${compare.crossed.patients.length} patients is scored ${compare.crossed.over === undefined ? 'on the probe slices' : 'on their whole scans'} by all ${compare.crossed.runs.length} models; the gap of a patient is the mean score of the models that trained on them minus that of the one that did not. The unit of every test is the patient.`
          : isOneSided(compare)
            ? 'Only held-out patients were predicted, so no groups are compared. The unit is the patient.'
            : `Two groups of patients are compared with Welch’s interval. The unit is the patient.`
      }
      The split “${split.name}” was made on ${day(split.createdAt)} and has not changed since.
    </p>`;
}

function trainingParagraph(config: RunConfig, { run }: ReportData): Markup {
  const { model, schedule, augmentation } = config;
  const length =
    schedule.minutes === null
      ? counted(schedule.epochs ?? 0, 'epoch')
      : `${schedule.minutes.toFixed(1)} minutes`;
  const trained = new Set(config.training.map((item) => item.patient)).size;
  const slices = config.training.reduce((sum, item) => sum + (item.slices?.length ?? 0), 0);
  return html`<p>
    A 2-D U-Net (${String(model.base)} channels at the first of ${String(model.depth)} levels, ${model.norm}
    normalisation, ${String(model.classes)} classes) was trained on slices resampled to
    ${decimal(config.targetSpacing[0], 2)} × ${decimal(config.targetSpacing[1], 2)} mm in patches of
    ${String(config.patch[0])} × ${String(config.patch[1])}, ${String(config.batch)} to a batch, with Dice and
    cross-entropy loss and a ${schedule.kind} schedule from a learning rate of
    ${String(schedule.learningRate)}, for ${length} (this run: ${String(run.step)} steps in
    ${duration(run.seconds)}, seed ${String(config.seed)}, ${config.precision}, ${config.backend}).
    ${run.fallback === undefined ? '' : `${run.fallback} `}Training data of this run:
    ${slices > 0 ? `${counted(slices, 'slice')} of ` : ''}${counted(config.training.length, 'scan')} of
    ${counted(trained, 'patient')}. Augmentation: rotation up to ${String(augmentation.rotationDegrees)}°
    (${decimal(100 * augmentation.turnedShare, 0)} % of the samples by any angle), scale
    ${String(augmentation.scale[0])} to ${String(augmentation.scale[1])}, shift up to
    ${decimal(100 * augmentation.shiftFraction, 0)} %, elastic ${String(augmentation.elasticMm)} mm, gamma
    ${String(augmentation.gamma[0])} to ${String(augmentation.gamma[1])}, noise
    ${String(augmentation.noise)}${augmentation.mirror ? ', mirroring' : ''}.
  </p>`;
}

function importedParagraph(
  { set, importedAt, training, predictions }: ImportedRun,
  { compare }: ReportData,
): Markup {
  const { seen, heldOut } = compare.imported ?? {};
  const trained = new Set(training.map(({ patient }) => patient)).size;
  const models = (compare.crossed ?? compare.crossValidated)?.runs.length ?? 1;
  return html`<p>
    <strong>The predictions were made elsewhere</strong> and imported as “${set}” on ${day(importedAt)}:
    Heldout trained nothing here and knows nothing of the model but what is said of its training data, which
    is taken as true. ${models > 1 ? `They come from ${models} models, one for each fold. ` : ''}By the split,
    the model of this run trained on ${counted(training.length, 'scan')} of ${counted(trained, 'patient')}; it
    came with
    ${counted(predictions.length, 'prediction')}${
      seen && heldOut
        ? ` (of ${heldOut.predicted} of ${heldOut.scans} held-out and ${seen.predicted} of ${seen.scans} seen scans)`
        : ''
    },
    each in the grid of its scan. The hashes of the files stand below.
  </p>`;
}

/** What the result does not say. */
export function limitsSection({ compare, config, imported, split, inProject, audit }: ReportData): Markup {
  const limits = [
    imported !== null && (compare.crossed ?? (compare.imported?.seen.predicted ?? 0) > 0)
      ? 'Seen patients are scored on slices that the model trained on: models from elsewhere leave no probe slices out.'
      : null,
    imported === null
      ? null
      : 'Who trained which model is as the imported split says; Heldout cannot check it.',
    compare.imported && compare.imported.heldOut.predicted < compare.imported.heldOut.scans
      ? `${compare.imported.heldOut.scans - compare.imported.heldOut.predicted} of ${compare.imported.heldOut.scans} held-out scans came without a prediction and are not scored.`
      : null,
    compare.crossed?.unequalFolds === undefined ? null : unequalFoldsSentence(compare.crossed.unequalFolds),
    compare.crossed
      ? compare.crossed.over !== undefined
        ? null
        : 'The neighbours of probe slices were in training for the models that met the patient: that is what “seen” means here.'
      : audit.clean && compare.imported?.seen.predicted === 0
        ? null
        : audit.clean
          ? 'Seen and held-out are different patients; part of the gap may be difficulty, not familiarity.'
          : 'The held-out side holds patients that the model trained on: its score is no estimate for new patients.',
    config === null
      ? 'One model for each fold: another training would give somewhat other scores.'
      : `One seed (${config.seed}) for each model: another seed would give somewhat other scores.`,
    `All n = ${inProject.patients} patients come from this project; hospitals and scanners outside of it are not spoken for.`,
    'The reference masks are taken as true. Their own uncertainty is not part of the intervals.',
    split.locked > 0
      ? null
      : 'No locked set was put aside, so there is no score on patients that nobody ever looked at.',
  ].filter((limit) => limit !== null);
  return html`<ul>
    ${limits.map((limit) => html`<li>${limit}</li>`)}
  </ul>`;
}

/** The ledger of looks at the locked set. */
export function ledgerSection({ looks, split }: ReportData): Markup {
  const locked = new Set(split.items.filter((item) => item.fold === 'locked').map((item) => item.patient))
    .size;
  if (locked === 0) return html`<p>This split has no locked set (n = 0 patients); looks so far: 0.</p>`;
  return html`<p>
      The locked set holds n = ${counted(locked, 'patient')}. It was looked at
      <strong>${counted(looks.length, 'time')}</strong>; this report is not a look.
    </p>
    ${
      looks.length > 0
        ? html`<table>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Run</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              ${looks.map(
                (look) =>
                  html`<tr>
                    <td>${day(look.at)}</td>
                    <td>${look.run}</td>
                    <td>${look.reason}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`
        : null
    }`;
}

/** Versions and content hashes: what one would need to compute all of it again. */
export function originSection({ config, imported, hashes, logs }: ReportData): Markup {
  return html`<dl class="origin">
    ${logs.map(
      ({ run }) =>
        html`<dt>run, fold ${String(run.fold ?? '–')}</dt>
          <dd>
            <code>${run.id}</code>,
            ${run.kind === 'imported' ? 'predictions made elsewhere' : `${run.state}, ${run.step} steps`}
          </dd>`,
    )}
    ${
      imported === null
        ? null
        : html`<dt>imported as</dt>
            <dd>${imported.set}, ${day(imported.importedAt)}</dd>`
    }
    ${Object.entries(config?.versions ?? {}).map(
      ([name, version]) =>
        html`<dt>${name}</dt>
          <dd>${version}</dd>`,
    )}
    ${hashes.map(
      ({ what, sha256 }) =>
        html`<dt>${what}</dt>
          <dd><code>${sha256}</code></dd>`,
    )}
  </dl>`;
}
