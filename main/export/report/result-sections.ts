import type { CompareDocument } from '#src/contracts/documents/compare';
import type { StatisticsDocument } from '#src/contracts/documents/statistics';
import { summarise } from '#src/statistics/summary';
import { html, type Markup } from '../markup';
import { gapFigure, type GapRow } from './gap-figure';
import { labelNames } from './label-names';
import { counted, decimal, range } from './numbers';
import type { ReportData } from './report-data';

/** The margin of equivalence when no statistics document says otherwise. */
const MARGIN = 0.02;

/** The verdict with the numbers that it rests on. */
export function verdictSection({ compare }: ReportData): Markup {
  const { crossed, crossValidated, verdict } = compare;
  const gap = crossed?.statistics.gap ?? compare.gap ?? null;
  const side = (name: 'seen' | 'heldOut') =>
    summarise(
      crossed
        ? crossed.patients.map((row) => row[name])
        : compare.patients.filter((patient) => patient.side === name).map((patient) => patient.dice),
    );
  const [seen, heldOut] = [side('seen'), side('heldOut')];
  const basis = crossed ? (crossed.over ?? 'probe slices') : 'whole scans';
  const fact = (name: string, value: string, note: string, className = '') =>
    html`<div class="fact ${className}">
      <dt>${name}</dt>
      <dd><strong>${value}</strong><span>${note}</span></dd>
    </div>`;
  const wholeScan = crossed ? summarise(crossed.patients.map((row) => row.heldOutWholeScan)) : null;
  return html`<section class="verdict ${verdict.code}" aria-labelledby="verdict">
    <h2 id="verdict">Verdict</h2>
    <p class="sentence">${verdict.sentence}</p>
    <dl class="facts">
      ${fact('Held-out', decimal(heldOut.mean), `mean Dice, ${basis}, n = ${heldOut.n}`, 'held-text')}
      ${fact('Seen', decimal(seen.mean), `mean Dice, ${basis}, n = ${seen.n}`, 'seen-text')}
      ${fact('Gap', decimal(gap?.mean), gap?.ci95 ? `${range(gap.ci95)} (95 %), ${gapBasis(crossed, seen.n, heldOut.n)}` : `no interval, ${gapBasis(crossed, seen.n, heldOut.n)}`)}
      ${crossValidated ? fact('All folds', decimal(crossValidated.heldOut.mean), `mean Dice, whole scans, each patient by the model that did not train on them, n = ${crossValidated.heldOut.n}`, 'held-text') : null}
      ${wholeScan && crossed?.over === undefined ? fact('On new patients', decimal(wholeScan.mean), `mean Dice, whole scans, held-out, n = ${wholeScan.n}`, 'held-text') : null}
    </dl>
    ${crossed ? tests(crossed.statistics) : null}
  </section>`;
}

/** How to read the verdict, in words that fit the design. */
export function readingSection(data: ReportData): Markup {
  if (isOneSided(data.compare)) return html`<p>${howCompared(data)}</p>`;
  return html`<p>
    ${howCompared(data)} The interval says which gaps the data are compatible with; when it holds both 0 and
    large gaps, the honest answer is that nobody can tell yet.
  </p>`;
}

/** Whether there are predictions of held-out patients only, and so nothing to compare them with. */
export function isOneSided({ imported }: CompareDocument): boolean {
  return imported?.seen.predicted === 0;
}

function howCompared({ compare, split, audit }: ReportData): string {
  if (compare.crossed)
    return (
      `Every patient was held out by one model and trained on by the ${counted(compare.crossed.runs.length - 1, 'other model')}. ` +
      (compare.crossed.over === undefined
        ? `All of them are scored on the same probe slices of that patient, which no model trained on, so the only difference is ` +
          `whether the model had met the patient. `
        : `All of them are scored on the same whole scans of that patient: the models that trained on the patient trained on ` +
          `these very slices, so the difference is between training data and patients never met. `) +
      `The gap is the mean of those differences over ` +
      `n = ${compare.crossed.statistics.n} patients.`
    );
  if (!audit.clean)
    return (
      `The split leaks: the model met patients on the side that is called held-out here, so its score there does not ` +
      `speak of new patients, and the gap below says nothing about them. It is shown for what such a split would claim.`
    );
  if (isOneSided(compare))
    return (
      `There are predictions of held-out patients only: how well the model does on patients that it has never met, and not ` +
      `how much better it does on those that it has.`
    );
  const remedy =
    compare.imported !== undefined
      ? 'import what every fold’s model predicts of every patient'
      : split.design === 'patient' && split.heldOut === null
        ? 'train the remaining folds'
        : 'make a split by patient with folds and train all of them';
  return (
    `The gap compares two different groups of patients, seen and held-out, under one model. It mixes familiarity with ` +
    `difficulty: ${remedy} to compare every patient with themselves.`
  );
}

/** Overall gaps and those of each label; null where there is no gap. */
export function gapsSection(data: ReportData): Markup | null {
  const { compare, labels } = data;
  if (isOneSided(compare)) return null;
  const nameOf = labelNames(data);
  const n = (side: 'seen' | 'heldOut') =>
    compare.patients.filter((patient) => patient.side === side && patient.dice !== null).length;
  const rows: GapRow[] = [];
  if (compare.crossed)
    rows.push({
      name: compare.crossed.over === undefined ? 'Same patients, same slices' : 'Same patients, whole scans',
      basis: `crossed design, n = ${compare.crossed.statistics.n} patients`,
      gap: compare.crossed.statistics.gap,
      headline: true,
    });
  if (compare.gap)
    rows.push({
      name: 'This run, two groups',
      basis: `${n('seen')} seen, ${n('heldOut')} held-out patients`,
      gap: compare.gap,
      headline: !compare.crossed,
    });
  if (labels.length > 1 || !compare.gap)
    for (const [label, { gap, seen, heldOut }] of Object.entries(compare.labels))
      rows.push({
        name: nameOf(Number(label)),
        basis: `this run: ${seen.n} seen, ${heldOut.n} held-out patients`,
        gap,
        headline: false,
      });
  return gapFigure(rows, compare.crossed?.statistics.equivalence?.margin ?? MARGIN);
}

function gapBasis(crossed: CompareDocument['crossed'], seen: number, heldOut: number): string {
  return crossed ? `n = ${crossed.statistics.n} patients` : `n = ${seen} seen, ${heldOut} held-out patients`;
}

function tests({ signFlip, wilcoxon, equivalence, smallestDetectableGap, n }: StatisticsDocument): Markup {
  const parts = [
    signFlip
      ? `Sign-flip test p = ${decimal(signFlip.pTwoSided, 4)}${signFlip.exact ? ', exact' : ''} (smallest possible with n = ${n}: ${decimal(signFlip.smallestPossibleP, 4)}).`
      : null,
    wilcoxon ? `Wilcoxon signed rank p = ${decimal(wilcoxon.pTwoSided, 4)} (n = ${n}).` : null,
    equivalence
      ? `Equivalence within ±${equivalence.margin}: p = ${decimal(equivalence.p, 4)}, ${equivalence.equivalent ? 'shown' : 'not shown'} (n = ${n}).`
      : null,
    smallestDetectableGap === null
      ? null
      : `With ${n} patients this design shows gaps from ${decimal(smallestDetectableGap)} up (two-sided .05, power .80).`,
  ].filter((part) => part !== null);
  return html`<p class="note">${parts.join(' ')}</p>`;
}
