import { scaleLinear, scaleLog, type ScaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { html, type Markup } from '../markup';
import { figure, label, rule } from './figure';
import { counted, decimal } from './numbers';
import type { RunLog } from './report-data';

const WIDTH = 860;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Training loss of every run, and Dice on seen and held-out probe slices while it trained. */
export function curvesFigures(logs: readonly RunLog[], own: string): Markup[] {
  const drawn = logs.filter(({ records }) => records.length > 1);
  return drawn.length === 0 ? [] : [diceFigure(drawn), lossFigure(drawn, own)];
}

function lossFigure(logs: readonly RunLog[], own: string): Markup {
  const [left, right, top, bottom] = [52, WIDTH - 20, 10, 170];
  const points = logs.map(({ run, records }) => ({
    run,
    points: records.filter(({ loss }) => loss > 0).map(({ seconds, loss }) => ({ x: seconds, y: loss })),
  }));
  const all = points.flatMap((entry) => entry.points);
  const x = scaleLinear()
    .domain([0, Math.max(1, ...all.map((point) => point.x))])
    .range([left, right]);
  const y = scaleLog()
    .domain([0.9 * Math.min(...all.map((point) => point.y)), 1.1 * Math.max(...all.map((point) => point.y))])
    .range([bottom, top]);
  const ticks = y.ticks(4).filter((tick) => /^[125]/u.test(tick.toExponential()));
  return figure({
    id: 'loss',
    title: 'Training loss',
    description: points
      .map(
        ({ run, points: own }) =>
          `Fold ${run.fold ?? '–'}: from ${decimal(own[0]?.y)} to ${decimal(own.at(-1)?.y)}.`,
      )
      .join(' '),
    width: WIDTH,
    height: bottom + 26,
    body: [
      ...ticks.flatMap((tick) => [
        rule(left, y(tick), right, y(tick), 'grid'),
        label(left - 8, y(tick) + 4, String(tick), 'tick', 'end'),
      ]),
      ...timeTicks(6, x, bottom),
      ...points.map((entry) => path(entry.points, x, y, entry.run.id === own ? 'loss own' : 'loss')),
    ],
    caption: `Training loss (logarithmic) against training time, ${counted(logs.length, 'run')}${logs.length > 1 ? '; thick: the run of this report' : ''}.`,
  });
}

function diceFigure(logs: readonly RunLog[]): Markup {
  const columns = logs.length <= 4 ? logs.length : logs.length % 4 === 0 ? 4 : 3;
  const gap = 26;
  const cell = Math.min(420, (WIDTH - gap * (columns - 1)) / columns);
  const height = 150;
  const curves = logs.map(({ run, records }) => ({
    run,
    seen: diceCurve(records, 'seen'),
    heldOut: diceCurve(records, 'heldOut'),
  }));
  const all = curves.flatMap(({ seen, heldOut }) => [...seen, ...heldOut]);
  const longest = Math.max(1, ...all.map((point) => point.x));
  const lowest = Math.min(0.9, ...all.map((point) => point.y));
  const body = curves.flatMap(({ run, seen, heldOut }, index) => {
    const left = (index % columns) * (cell + gap) + 34;
    const right = left + cell - 54;
    const top = Math.floor(index / columns) * (height + 38) + 22;
    const bottom = top + height - 34;
    const x = scaleLinear().domain([0, longest]).range([left, right]);
    const y = scaleLinear()
      .domain([Math.max(0, lowest - 0.02), 1])
      .range([bottom, top]);
    return [
      label(left, top - 8, `fold ${run.fold ?? '–'} held out`, 'name'),
      ...y
        .ticks(4)
        .flatMap((tick) => [
          rule(left, y(tick), right, y(tick), 'grid'),
          label(left - 6, y(tick) + 4, decimal(tick, 1), 'tick', 'end'),
        ]),
      ...timeTicks(3, x, bottom),
      path(seen, x, y, 'curve seen-line'),
      path(heldOut, x, y, 'curve held-line'),
    ];
  });
  const rows = Math.ceil(logs.length / columns);
  return figure({
    id: 'curves',
    title: 'Dice during training',
    description: curves
      .map(
        ({ run, seen, heldOut }) =>
          `Fold ${run.fold ?? '–'}: at the end seen ${decimal(seen.at(-1)?.y)}, held-out ${decimal(heldOut.at(-1)?.y)}.`,
      )
      .join(' '),
    width: WIDTH,
    height: rows * (height + 38),
    body,
    caption: html`Dice on probe slices of <span class="seen-text">seen patients (dashed)</span> and of
      <span class="held-text">held-out patients (solid)</span> against training time, mean over labels. No
      model trained on a probe slice. ${counted(logs.length, 'run')}; the number of patients on either side is
      that of the split.`,
  });
}

function diceCurve(records: RunLog['records'], side: 'seen' | 'heldOut'): Point[] {
  return records.flatMap(({ seconds, dice }) => {
    const values = Object.values(dice?.[side] ?? {}).filter((value) => value !== null);
    if (values.length === 0) return [];
    return [{ x: seconds, y: values.reduce((sum, value) => sum + value, 0) / values.length }];
  });
}

function path(
  points: readonly Point[],
  x: (value: number) => number,
  y: (value: number) => number,
  className: string,
): Markup {
  const d = line<Point>()
    .x((point) => x(point.x))
    .y((point) => y(point.y))
    .digits(1)([...points]);
  return d === null ? html`` : html`<path d="${d}" class="${className}" />`;
}

/** Round times in the unit that suits the length. */
function timeTicks(count: number, x: ScaleLinear<number, number>, bottom: number): Markup[] {
  const longest = x.domain()[1] ?? 1;
  const [unit, seconds] = longest > 7200 ? ['h', 3600] : longest > 150 ? ['min', 60] : ['s', 1];
  const ticks = scaleLinear()
    .domain([0, longest / Number(seconds)])
    .ticks(count);
  return ticks.map((tick, index) =>
    label(
      x(tick * Number(seconds)),
      bottom + 16,
      index === ticks.length - 1 ? `${tick} ${unit}` : String(tick),
      'tick',
      'middle',
    ),
  );
}
