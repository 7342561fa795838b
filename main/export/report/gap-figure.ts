import { scaleLinear } from 'd3-scale';
import type { GapEstimate } from '#src/contracts/documents/statistics';
import { html, type Markup } from '../markup';
import { figure, label, rule } from './figure';
import { decimal, range } from './numbers';

/** One gap with its interval and what it rests on. */
export interface GapRow {
  readonly name: string;
  /** "n = 5 patients" or "4 seen, 1 held-out". */
  readonly basis: string;
  readonly gap: GapEstimate;
  readonly headline: boolean;
}

const WIDTH = 860;
const LEFT = 250;
const RIGHT = 640;
const ROW = 34;

/** Gaps with 95 % intervals against zero and the margin. */
export function gapFigure(rows: readonly GapRow[], margin: number): Markup {
  const ends = rows.flatMap(({ gap }) => [...(gap.ci95 ?? []), gap.mean ?? 0]);
  const x = scaleLinear()
    .domain([Math.min(-1.5 * margin, ...ends), Math.max(1.5 * margin, ...ends)])
    .nice(6)
    .range([LEFT, RIGHT]);
  const top = 26;
  const bottom = top + rows.length * ROW;
  const body: Markup[] = [
    html`<rect
      x="${x(-margin)}"
      y="${top}"
      width="${x(margin) - x(-margin)}"
      height="${bottom - top}"
      class="margin"
    />`,
    ...x
      .ticks(6)
      .flatMap((tick) => [
        rule(x(tick), top, x(tick), bottom, tick === 0 ? 'zero' : 'grid'),
        label(x(tick), bottom + 16, decimal(tick, 2), 'tick', 'middle'),
      ]),
    label(x(0) - 8, 16, 'held-out better', 'tick', 'end'),
    label(x(0) + 8, 16, 'seen better', 'tick'),
  ];
  rows.forEach((row, index) => {
    const y = top + ROW * (index + 0.5);
    const { mean, ci95 } = row.gap;
    body.push(
      label(0, y - 2, row.name, row.headline ? 'name strong' : 'name'),
      label(0, y + 12, row.basis),
      label(
        WIDTH,
        y + 4,
        ci95 ? `${decimal(mean)}  (${range(ci95)})` : `${decimal(mean)}  (no interval)`,
        row.headline ? 'value strong' : 'value',
        'end',
      ),
    );
    if (ci95) body.push(rule(x(ci95[0]), y, x(ci95[1]), y, row.headline ? 'bar strong' : 'bar'));
    if (mean !== null)
      body.push(html`<circle cx="${x(mean)}" cy="${y}" r="${row.headline ? 6 : 4.5}" class="point" />`);
  });
  return figure({
    id: 'gap',
    title: 'The gap between seen and held-out patients',
    description: rows
      .map(
        (row) =>
          `${row.name}: ${decimal(row.gap.mean)} (95 % interval ${range(row.gap.ci95)}), ${row.basis}.`,
      )
      .join(' '),
    width: WIDTH,
    height: bottom + 24,
    body,
    caption: `Gap in Dice, seen minus held-out, with 95 % interval. Shaded: the margin of ±${margin}, within which a gap counts as small.`,
  });
}
