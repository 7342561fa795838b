import type { LabelMetrics } from '#src/contracts/documents/metrics';
import { meanDefined } from '#src/experiments/probe-score';
import { summarise, type Summary } from '#src/statistics/summary';
import { html, type Markup } from '../markup';
import { labelNames } from './label-names';
import { decimal, range } from './numbers';
import type { ReportData } from './report-data';

/** Per label: Dice of both sides, then distances and volumes on held-out patients. */
export function labelsSection(data: ReportData): Markup {
  const { compare } = data;
  const nameOf = labelNames(data);
  const colourOf = new Map(data.labels.map(({ label, colour }) => [label, colour]));
  const head = (label: string) =>
    html`<th scope="row">
      <span class="swatch" style="background:${colourOf.get(Number(label)) ?? '#888888'}"></span
      >${nameOf(Number(label))}
    </th>`;
  const side = (values: Summary) =>
    html`<td>${decimal(values.mean)}</td>
      <td>${decimal(values.median)} <small>(${range(values.iqr)})</small></td>
      <td>
        ${values.n}${values.undefined > 0 ? html` <small>+ ${values.undefined} undefined</small>` : null}
      </td>`;
  const more = (label: string, value: (metrics: LabelMetrics) => number | null, digits: number) => {
    const values = compare.patients
      .filter((patient) => patient.side === 'heldOut')
      .map((patient) =>
        meanDefined(
          patient.scans.map((scan) => {
            const metrics = scan.labels[label];
            return metrics ? value(metrics) : null;
          }),
        ),
      );
    const { median, iqr, n, undefined: missing } = summarise(values);
    return html`<td>
      ${decimal(median, digits)}<br /><small>${range(iqr, digits)}</small><br /><small
        >n = ${n}${missing > 0 ? ` + ${missing} undefined` : ''}</small
      >
    </td>`;
  };
  const entries = Object.entries(compare.labels);
  return html`<div class="scroll">
      <table>
        <caption>
          Dice of this run, per patient (mean over the patient’s scans); n counts patients.
        </caption>
        <thead>
          <tr>
            <th scope="col" rowspan="2">Label</th>
            <th scope="colgroup" colspan="3" class="held-text">Held-out</th>
            <th scope="colgroup" colspan="3" class="seen-text">Seen</th>
            <th scope="col" rowspan="2">Gap (95 %)</th>
          </tr>
          <tr>
            <th scope="col">mean</th>
            <th scope="col">median (IQR)</th>
            <th scope="col">n</th>
            <th scope="col">mean</th>
            <th scope="col">median (IQR)</th>
            <th scope="col">n</th>
          </tr>
        </thead>
        <tbody>
          ${entries.map(
            ([label, { seen, heldOut, gap }]) =>
              html`<tr>
                ${head(label)}${side(heldOut)}${side(seen)}
                <td>${decimal(gap.mean)} <small>(${range(gap.ci95)})</small></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <div class="scroll">
      <table>
        <caption>
          More of the held-out patients: median over patients (interquartile range). Surface metrics in the
          surfel convention.
        </caption>
        <thead>
          <tr>
            <th scope="col">Label</th>
            <th scope="col">HD95, mm</th>
            <th scope="col">ASSD, mm</th>
            <th scope="col">NSD at 1 mm</th>
            <th scope="col">Sensitivity</th>
            <th scope="col">Precision</th>
            <th scope="col">Volume difference, mL</th>
          </tr>
        </thead>
        <tbody>
          ${entries.map(
            ([label]) =>
              html`<tr>
                ${head(label)}${more(label, (m) => m.hd95Mm, 1)}${more(label, (m) => m.assdMm, 1)}${more(label, (m) => m.nsd['1'] ?? null, 2)}${more(label, (m) => m.sensitivity, 3)}${more(label, (m) => m.precision, 3)}${more(label, (m) => m.volumeDifferenceMl, 1)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

/** The values behind the figures. */
export function patientsTable({ compare }: ReportData): Markup {
  const own = html`<table>
    <caption>
      This run: Dice of whole scans, mean over labels and scans.
    </caption>
    <thead>
      <tr>
        <th scope="col">Patient</th>
        <th scope="col">Side</th>
        <th scope="col">Scans</th>
        <th scope="col">Dice</th>
      </tr>
    </thead>
    <tbody>
      ${compare.patients.map(
        ({ patient, side, dice, scans }) =>
          html`<tr>
            <th scope="row">${patient}</th>
            <td class="${side === 'seen' ? 'seen-text' : 'held-text'}">
              ${side === 'seen' ? 'seen' : 'held-out'}
            </td>
            <td>${String(scans.length)}</td>
            <td>${decimal(dice)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
  const crossed = compare.crossed
    ? html`<table>
        <caption>
          Crossed design: Dice
          ${compare.crossed.over === undefined ? 'on probe slices, and of whole scans while held out' : 'of whole scans'}.
        </caption>
        <thead>
          <tr>
            <th scope="col">Patient</th>
            <th scope="col">Fold</th>
            <th scope="col">Held-out</th>
            <th scope="col">Seen</th>
            <th scope="col">Difference</th>
            ${compare.crossed.over === undefined ? html`<th scope="col">Held-out, whole scans</th>` : null}
          </tr>
        </thead>
        <tbody>
          ${compare.crossed.patients.map(
            ({ patient, heldOutFold, heldOut, seen, heldOutWholeScan }) =>
              html`<tr>
                <th scope="row">${patient}</th>
                <td>${String(heldOutFold)}</td>
                <td>${decimal(heldOut)}</td>
                <td>${decimal(seen)}</td>
                <td>${heldOut === null || seen === null ? '–' : decimal(seen - heldOut)}</td>
                ${compare.crossed?.over === undefined ? html`<td>${decimal(heldOutWholeScan)}</td>` : null}
              </tr>`,
          )}
        </tbody>
      </table>`
    : null;
  const held = compare.crossValidated
    ? html`<table>
        <caption>
          Every patient under the model that did not train on them: Dice of whole scans.
        </caption>
        <thead>
          <tr>
            <th scope="col">Patient</th>
            <th scope="col">Fold</th>
            <th scope="col">Held-out</th>
          </tr>
        </thead>
        <tbody>
          ${compare.crossValidated.patients.map(
            ({ patient, heldOutFold, heldOut }) =>
              html`<tr>
                <th scope="row">${patient}</th>
                <td>${String(heldOutFold)}</td>
                <td>${decimal(heldOut)}</td>
              </tr>`,
          )}
        </tbody>
      </table>`
    : null;
  return html`<details>
    <summary>Every value</summary>
    <div class="scroll">${crossed}${held}${own}</div>
  </details>`;
}
