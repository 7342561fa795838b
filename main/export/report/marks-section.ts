import type { PredictionMark } from '#src/readers/session';
import { html, type Markup } from '../markup';
import { counted, day } from './numbers';
import type { ReportData } from './report-data';

const WORDS: Readonly<Record<NonNullable<PredictionMark['mark']>, string>> = {
  agree: 'agree',
  acceptable: 'clinically acceptable',
  wrong: 'wrong',
};

/** What readers noted on this run's predictions, knowing what they were; null when nobody noted anything. */
export function marksSection({ marks, compare }: ReportData): Markup | null {
  if (marks.length === 0) return null;
  const sideOf = new Map(compare.patients.map(({ patient, side }) => [patient, side]));
  const patients = new Set(marks.map(({ patient }) => patient)).size;
  return html`<p>
      Marks that were given with the side in view (n = ${counted(patients, 'patient')}). They are opinions on
      single predictions and no blinded reading.
    </p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Patient</th>
            <th scope="col">Side</th>
            <th scope="col">Scan</th>
            <th scope="col">Reader</th>
            <th scope="col">Mark</th>
            <th scope="col">Note</th>
            <th scope="col">When</th>
          </tr>
        </thead>
        <tbody>
          ${marks.map(({ patient, scan, reader, mark, note, at }) => {
            const side = sideOf.get(patient);
            return html`<tr>
              <th scope="row">${patient}</th>
              <td class="${side === 'seen' ? 'seen-text' : 'held-text'}">
                ${side === undefined ? '–' : side === 'seen' ? 'seen' : 'held-out'}
              </td>
              <td>${scan}</td>
              <td>${reader}</td>
              <td>${mark === null ? '–' : WORDS[mark]}</td>
              <td>${note === '' ? '–' : note}</td>
              <td>${day(at)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
}
