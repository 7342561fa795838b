import { html, type Markup } from '../markup';
import { counted, day, decimal, duration } from './numbers';
import type { ReportData } from './report-data';

/** How the numbers came about, as a paragraph for a paper. */
export function methodsSection({ config, run, split, compare, logs }: ReportData): Markup {
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
      ${String(config.patch[0])} × ${String(config.patch[1])}, ${String(config.batch)} to a batch, with Dice
      and cross-entropy loss and a ${schedule.kind} schedule from a learning rate of
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
    </p>
    <p>
      Dice is taken over whole volumes, never averaged over slices; a patient’s value is the mean over labels
      and scans, a group’s the mean over patients. When neither mask holds a label, the value is undefined,
      left out and counted.
      ${
        compare.crossed
          ? `In the crossed design each of n = ${compare.crossed.patients.length} patients is scored on the probe slices by all ${logs.length} models; the gap of a patient is the mean score of the models that trained on them minus that of the one that did not. The unit of every test is the patient.`
          : `Two groups of patients are compared with Welch’s interval. The unit is the patient.`
      }
      The split “${split.name}” was made on ${day(split.createdAt)} and has not changed since.
    </p>`;
}

/** What the result does not say. */
export function limitsSection({ compare, config, split, inProject, audit }: ReportData): Markup {
  const limits = [
    compare.crossed
      ? 'The neighbours of probe slices were in training for the models that met the patient: that is what “seen” means here.'
      : audit.clean
        ? 'Seen and held-out are different patients; part of the gap may be difficulty, not familiarity.'
        : 'The held-out side holds patients that the model trained on: its score is no estimate for new patients.',
    `One seed (${config.seed}) for each model: another seed would give somewhat other scores.`,
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
export function originSection({ config, hashes, logs }: ReportData): Markup {
  return html`<dl class="origin">
    ${logs.map(
      ({ run }) =>
        html`<dt>run, fold ${String(run.fold ?? '–')}</dt>
          <dd><code>${run.id}</code>, ${run.state}, ${String(run.step)} steps</dd>`,
    )}
    ${Object.entries(config.versions).map(
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
