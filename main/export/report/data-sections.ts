import type { SplitItem } from '#src/splits/split';
import { html, type Markup } from '../markup';
import { counted } from './numbers';
import type { ReportData } from './report-data';

/** From the project to the two sides, with the number of patients and scans at every step. */
export function flowSection(data: ReportData): Markup {
  const { inProject, split, compare } = data;
  const locked = split.items.filter((item) => item.fold === 'locked');
  const side = (name: 'seen' | 'heldOut') => {
    const patients = compare.patients.filter((patient) => patient.side === name);
    const scans = patients.reduce((sum, patient) => sum + patient.scans.length, 0);
    return `${counted(patients.length, 'patient')}, ${counted(scans, 'scan')}`;
  };
  const step = (name: string, text: string, className = '') =>
    html`<li class="${className}"><strong>${name}</strong><span>${text}</span></li>`;
  return html`<ol class="flow">
    ${step('Project', `${counted(inProject.patients, 'patient')}, ${counted(inProject.scans, 'scan')}, ${counted(inProject.masks, 'reference mask')}`)}
    ${step('In the split', units(split.items))}
    ${locked.length > 0 ? step('Locked set', `${units(locked)}, not scored here`, 'locked') : null}
    ${step('Held-out in this run', side('heldOut'), 'held')} ${step('Seen by this run', side('seen'), 'seen')}
  </ol>`;
}

/** The folds with their patients; who stands in more than one is marked. */
export function splitSection({ split, audit, config, compare }: ReportData): Markup {
  const folds = [
    ...(split.items.some((item) => item.fold === 'locked') ? (['locked'] as const) : []),
    ...Array.from({ length: split.folds }, (_, fold) => fold),
  ];
  const places = new Map<string, Set<SplitItem['fold']>>();
  for (const item of split.items)
    places.set(item.patient, (places.get(item.patient) ?? new Set()).add(item.fold));
  const torn = (patient: string) => (places.get(patient)?.size ?? 0) > 1;
  const column = (fold: SplitItem['fold']) => {
    const items = split.items.filter((item) => item.fold === fold);
    const patients = [...new Set(items.map((item) => item.patient))];
    const held = fold === compare.fold;
    const title =
      fold === 'locked'
        ? 'Locked set'
        : split.heldOut === null
          ? `Fold ${fold}`
          : held
            ? 'Held out'
            : 'Training';
    const role =
      fold === 'locked' ? 'never trained on' : held ? 'held out in this run' : 'trains in this run';
    return html`<section class="fold ${fold === 'locked' ? 'locked' : held ? 'held' : 'seen'}">
      <h4>${title}</h4>
      <p class="note">${role}<br />n = ${counted(patients.length, 'patient')}</p>
      <ul>
        ${patients.map((patient) => {
          const own = items.filter((item) => item.patient === patient);
          return html`<li class="${torn(patient) ? 'torn' : ''}">
            ${patient}<small>${amount(own)}${torn(patient) ? ' · also elsewhere' : ''}</small>
          </li>`;
        })}
      </ul>
    </section>`;
  };
  const findings = audit.findings.map(
    (finding) =>
      html`<li class="${finding.severity}">
        <strong>${finding.severity === 'leak' ? 'Leak' : 'Warning'}.</strong> ${finding.sentence}
      </li>`,
  );
  return html`<p>
      Design: split by <strong>${split.design}</strong>,
      ${split.heldOut === null ? `${split.folds} folds` : `${Math.round(split.heldOut * 100)} % held out`},
      seed ${split.seed}${split.stratify.length > 0 ? `, balanced by ${split.stratify.join(' and ')}` : ''}.
      ${
        config !== null && config.probeEvery > 0
          ? `One slice in ${config.probeEvery} of every scan is a probe slice, on which no run trains.`
          : 'There are no probe slices.'
      }
    </p>
    ${
      findings.length > 0
        ? html`<ul class="findings">
            ${findings}
          </ul>`
        : html`<p class="clean">
            <strong>Leak audit: clean.</strong> ${counted(places.size, 'patient')} checked; none of them
            stands on both sides.
          </p>`
    }
    <div class="folds">${folds.map(column)}</div>`;
}

function units(items: readonly SplitItem[]): string {
  const patients = new Set(items.map((item) => item.patient)).size;
  return `${counted(patients, 'patient')}, ${counted(new Set(items.map((item) => item.scan)).size, 'scan')}`;
}

function amount(items: readonly SplitItem[]): string {
  const slices = items.reduce(
    (sum, item) => sum + (item.slices ? item.slices[1] - item.slices[0] + 1 : 0),
    0,
  );
  if (slices > 0) return counted(slices, 'slice');
  return counted(new Set(items.map((item) => item.scan)).size, 'scan');
}
