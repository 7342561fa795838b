import { html } from '../markup';
import { blindedSection } from './blinded-section';
import { confusionFigure } from './confusion-figure';
import { curvesFigures } from './curves-figures';
import { flowSection, splitSection } from './data-sections';
import { ledgerSection, limitsSection, methodsSection, originSection } from './methods-sections';
import { marksSection } from './marks-section';
import { day } from './numbers';
import { pairedFigure, stripFigure } from './patients-figures';
import { worstSection } from './picture-section';
import type { ReportData } from './report-data';
import { labelNames } from './label-names';
import { gapsSection, isOneSided, readingSection, verdictSection } from './result-sections';
import { labelsSection, patientsTable } from './table-sections';
import { reportPage, section } from './report-page';

/**
 * The report of one run: a single HTML document that loads nothing and runs nothing, in light and dark, for screen and
 * paper.
 */
export function reportHtml(data: ReportData): string {
  const { compare, project, run, createdAt } = data;
  const nameOf = labelNames(data);
  const n = (side: 'seen' | 'heldOut') => compare.patients.filter((patient) => patient.side === side).length;
  const curves = curvesFigures(data.logs, run.id);
  const marks = marksSection(data);
  const blinded = blindedSection(data);
  return reportPage({
    project,
    title: `${project}: has this model learned the anatomy?`,
    note: `Run ${run.id} · split “${data.split.name}” by ${data.split.design} · ${day(createdAt)}`,
    body: html` ${verdictSection(data)} ${section('How to read it', readingSection(data), gapsSection(data))}
    ${section(
      'Every patient',
      compare.crossed
        ? html`<h3>With and without having met them, on ${compare.crossed.over ?? 'probe slices'}</h3>
            ${pairedFigure(compare.crossed)}
            <h3>Run ${run.id} alone, on whole scans</h3>`
        : null,
      stripFigure(compare, !data.audit.clean),
      patientsTable(data),
    )}
    ${section('The data', flowSection(data))} ${section('The split and what it leaks', splitSection(data))}
    ${section('Every label', labelsSection(data))}
    ${section('What was mixed up', html`<div class="heats">${confusionFigure('confusion-held', 'Held-out', n('heldOut'), compare.confusion.heldOut, nameOf)}${isOneSided(compare) ? null : confusionFigure('confusion-seen', 'Seen', n('seen'), compare.confusion.seen, nameOf)}</div>`)}
    ${curves.length > 0 ? section('Training', curves) : null}
    ${section('Worst held-out patients', worstSection(data.worst))}
    ${blinded === null ? null : section('Blinded readings', blinded)}
    ${marks === null ? null : section('Notes and marks', marks)} ${section('Methods', methodsSection(data))}
    ${section('Limits', limitsSection(data))} ${section('Looks at the locked set', ledgerSection(data))}
    ${section('Versions and hashes', originSection(data))}`,
  });
}
