import type { UnblindedReading } from '#src/contracts/documents/reading';
import type { Question } from '#src/readers/reading';
import type { Proportion } from '#src/statistics/proportions';
import { html, type Markup } from '../markup';
import { counted, day, decimal, range } from './numbers';
import type { ReportData } from './report-data';

const QUESTIONS: Readonly<Record<Question, string>> = {
  acceptable: 'acceptable?',
  better: 'which is better?',
};

/** Finished blinded readings that showed predictions of this run; null when there are none. */
export function blindedSection({ readings }: ReportData): Markup | null {
  if (readings.length === 0) return null;
  return html`<p>
      Readers judged predictions without knowing the run, the patient or the side, in random order. Shares
      count patients, with exact intervals (Clopper and Pearson); differences have Newcombe’s interval;
      preferences an exact binomial test. Cases without an answer are left out.
    </p>
    ${readings.map(readingTable)}`;
}

function readingTable({ session, cases, results }: UnblindedReading): Markup {
  const { acceptance, preferences, consistency } = results;
  const row = (name: string, value: string, interval: string, basis: string) =>
    html`<tr>
      <th scope="row">${name}</th>
      <td>${value}</td>
      <td>${interval}</td>
      <td>${basis}</td>
    </tr>`;
  const share = (name: string, each: Proportion, more = '') =>
    row(
      name,
      each.rate === null ? '–' : decimal(each.rate),
      range(each.ci95),
      `${each.k} of n = ${counted(each.n, 'patient')}${more}`,
    );
  const repeats = cases.filter((each) => each.repeats !== null).length;
  return html`<div class="scroll">
    <table>
      <caption>
        ${session.reader}, ${day(session.startedAt)}: ${results.answered} of ${counted(results.cases, 'case')}
        answered, ${repeats} of them repeats, from ${counted(session.runs.length, 'run')}; seed
        ${String(session.seed)}, secret
        ${String(session.salt)}.${results.several === null ? '' : ` ${results.several}`}
      </caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Value</th>
          <th scope="col">95 % interval</th>
          <th scope="col">Of whom</th>
        </tr>
      </thead>
      <tbody>
        ${
          acceptance === null
            ? null
            : [
                share('accepted, held-out', acceptance.heldOut),
                share('accepted, seen', acceptance.seen),
                row(
                  'seen minus held-out',
                  decimal(acceptance.difference?.value),
                  range(acceptance.difference?.ci95),
                  `n = ${counted(acceptance.seen.n + acceptance.heldOut.n, 'patient')}`,
                ),
              ]
        }
        ${preferences.map((each) =>
          share(
            `${each.first} preferred to ${each.second}`,
            each,
            `, ${each.ties} without a preference; p = ${decimal(each.pTwoSided)}`,
          ),
        )}
        ${consistency.map((each) =>
          row(
            `own agreement (kappa), ${QUESTIONS[each.question]}`,
            decimal(each.kappa),
            range(each.ci95),
            `n = ${counted(each.n, 'repeat')} of ${counted(each.patients, 'patient')}, ${decimal(each.agreement, 2)} the same`,
          ),
        )}
      </tbody>
    </table>
  </div>`;
}
