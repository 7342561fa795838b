import { scaleLinear } from 'd3-scale';
import type { CompareDocument, ComparedPatient } from '#src/contracts/documents/compare';
import { html, type Markup } from '../markup';
import { figure, label, mark, rule, sidesKey } from './figure';
import { decimal } from './numbers';

const WIDTH = 860;
type Crossed = NonNullable<CompareDocument['crossed']>;

/** Every patient of the crossed design: the models that trained on them and the one that did not. */
export function pairedFigure({ patients, over }: Crossed): Markup {
  const rows = patients
    .filter((row) => row.heldOut !== null && row.seen !== null)
    .map(({ patient, heldOut, seen }) => ({ patient, heldOut: heldOut ?? 0, seen: seen ?? 0 }))
    .sort((a, b) => a.heldOut - b.heldOut);
  const [top, bottom, left, right] = [34, 250, 48, WIDTH - 10];
  const named = rows.length <= 40;
  const y = diceScale(
    rows.flatMap((row) => [row.heldOut, row.seen]),
    [bottom, top],
  );
  const step = Math.min(110, (right - left) / Math.max(1, rows.length));
  const x = (index: number) => left + step * (index + 0.5);
  const body: Markup[] = [
    ...sidesKey(left + 4, 14, 'mean of the models that trained on the patient', 'the model that did not'),
    ...y
      .ticks(5)
      .flatMap((tick) => [
        rule(left, y(tick), right, y(tick), 'grid'),
        label(left - 8, y(tick) + 4, decimal(tick, 2), 'tick', 'end'),
      ]),
    ...rows.flatMap((row, index) => [
      rule(x(index), y(row.heldOut), x(index), y(row.seen), 'pair'),
      mark('seen', x(index), y(row.seen), `${row.patient}, seen: ${decimal(row.seen)}`),
      mark('heldOut', x(index), y(row.heldOut), `${row.patient}, held-out: ${decimal(row.heldOut)}`),
      named ? patientName(x(index), bottom + 14, row.patient, rows.length) : html``,
    ]),
  ];
  const missing = patients.length - rows.length;
  return figure({
    id: 'paired',
    title: 'Every patient: the models that met them, the model that did not',
    description: rows
      .map((row) => `${row.patient}: held-out ${decimal(row.heldOut)}, seen ${decimal(row.seen)}.`)
      .join(' '),
    width: WIDTH,
    height: bottom + (named ? (rows.length > 14 ? 52 : 26) : 10),
    body,
    caption:
      `Dice ${over === undefined ? 'on probe slices that no model trained on' : 'of whole scans'}, mean over labels and scans, for each of n = ${rows.length} patients, ` +
      `worst held-out first.${missing > 0 ? ` Not drawn: ${missing} without a defined value.` : ''}`,
  });
}

/** Patients of one run on either side, with median and interquartile range. */
export function stripFigure(document: CompareDocument, leaks: boolean): Markup {
  const sides = [
    { side: 'heldOut' as const, name: 'held-out' },
    { side: 'seen' as const, name: 'seen' },
  ].map((entry) => ({
    ...entry,
    patients: document.patients.filter(
      (patient): patient is ComparedPatient & { dice: number } =>
        patient.side === entry.side && patient.dice !== null,
    ),
  }));
  const [left, right] = [120, WIDTH - 20];
  const x = diceScale(
    sides.flatMap(({ patients }) => patients.map(({ dice }) => dice)),
    [left, right],
  );
  const body: Markup[] = [];
  let top = 8;
  for (const { side, name, patients } of sides) {
    const placed = swarm(patients.map(({ dice }) => x(dice)));
    const half = Math.max(18, ...placed.map((offset) => Math.abs(offset) + 9));
    const centre = top + half;
    const { median, quartiles } = quantiles(patients.map(({ dice }) => dice));
    body.push(label(0, centre, name, `name ${side === 'seen' ? 'seen-text' : 'held-text'}`));
    body.push(label(0, centre + 15, `n = ${patients.length}`));
    if (patients.length > 1)
      body.push(
        html`<rect
          x="${x(quartiles[0])}"
          y="${centre - half + 2}"
          width="${Math.max(1, x(quartiles[1]) - x(quartiles[0]))}"
          height="${2 * half - 4}"
          rx="3"
          class="${side === 'seen' ? 'seen-band' : 'held-band'}"
        />`,
      );
    patients.forEach(({ patient, dice }, index) =>
      body.push(mark(side, x(dice), centre + (placed[index] ?? 0), `${patient}: ${decimal(dice)}`, 4.5)),
    );
    if (patients.length > 1) body.push(rule(x(median), centre - half, x(median), centre + half, 'median'));
    top = centre + half + 8;
  }
  const grid = x
    .ticks(8)
    .flatMap((tick) => [
      rule(x(tick), 4, x(tick), top, 'grid'),
      label(x(tick), top + 16, decimal(tick, 2), 'tick', 'middle'),
    ]);
  return figure({
    id: 'strip',
    title: 'Dice of every patient under this run',
    description: sides
      .map(({ name, patients }) => {
        const { median, quartiles } = quantiles(patients.map(({ dice }) => dice));
        return `${name}: n = ${patients.length}, median ${decimal(median)}, quartiles ${decimal(quartiles[0])} and ${decimal(quartiles[1])}.`;
      })
      .join(' '),
    width: WIDTH,
    height: top + 24,
    body: [...grid, ...body],
    caption:
      'Dice of whole scans, mean over labels and scans of each patient. Line: median; shade: interquartile range. ' +
      (leaks
        ? 'The split leaks: some patients stand on both sides.'
        : 'These are different patients on either side: some are simply harder.'),
  });
}

/** Covers the values with some air, within [0, 1]. */
function diceScale(values: readonly number[], output: [number, number]) {
  const [low, high] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 1];
  const air = Math.max(0.01, (high - low) * 0.12);
  return scaleLinear()
    .domain([Math.max(0, low - air), Math.min(1, high + air)])
    .range(output);
}

/** Vertical offsets that keep dots of a row from covering each other; dots keep their order of value. */
function swarm(positions: readonly number[], diameter = 10): number[] {
  const placed: { x: number; y: number }[] = [];
  const offsets = new Array<number>(positions.length).fill(0);
  const order = positions.map((x, index) => ({ x, index })).sort((a, b) => a.x - b.x);
  for (const { x, index } of order) {
    const free = (y: number) => placed.every((dot) => Math.hypot(dot.x - x, dot.y - y) >= diameter);
    let y = 0;
    for (let step = 1; !free(y) && step < 200; step++)
      y = (step % 2 === 0 ? -1 : 1) * Math.ceil(step / 2) * 2;
    placed.push({ x, y });
    offsets[index] = y;
  }
  return offsets;
}

/** Median and quartiles, linear interpolation between order statistics (type 7 of Hyndman and Fan 1996). */
function quantiles(values: readonly number[]): { median: number; quartiles: [number, number] } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const position = share * (sorted.length - 1);
    const below = sorted[Math.floor(position)] ?? NaN;
    return below + (position - Math.floor(position)) * ((sorted[Math.ceil(position)] ?? NaN) - below);
  };
  return { median: at(0.5), quartiles: [at(0.25), at(0.75)] };
}

function patientName(x: number, y: number, patient: string, count: number): Markup {
  return count > 14
    ? html`<text transform="translate(${x + 4} ${y - 6}) rotate(90)" class="tick">${patient}</text>`
    : label(x, y, patient, 'tick', 'middle');
}
