import { scaleLinear } from 'd3-scale';
import type { GapEstimate } from '#src/contracts/documents/statistics';
import { html, type Markup } from '../markup';
import { figure, label, rule } from '../report/figure';
import { decimal, range } from '../report/numbers';

/** A mean with its interval and what it rests on. */
export interface EstimateRow {
  readonly name: string;
  /** "n = 19 patients". */
  readonly basis: string;
  readonly estimate: GapEstimate | null;
}

const [WIDTH, LEFT, RIGHT, ROW, TOP] = [860, 270, 640, 34, 10];

/**
 * Means with 95 % intervals, one row each.
 *
 * @param margin shaded around zero; null for figures of scores, which have no zero to compare with
 */
export function estimatesFigure(options: {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly EstimateRow[];
  readonly margin: number | null;
  readonly caption: string;
}): Markup {
  const { id, title, rows, margin, caption } = options;
  const ends = rows.flatMap(({ estimate }) =>
    estimate === null ? [] : [...(estimate.ci95 ?? []), estimate.mean ?? 0],
  );
  const around = margin === null ? [] : [-1.5 * margin, 1.5 * margin];
  const all = [...ends, ...around];
  const x = scaleLinear()
    .domain(all.length === 0 ? [0, 1] : [Math.min(...all), Math.max(...all)])
    .nice(6)
    .range([LEFT, RIGHT]);
  const bottom = TOP + rows.length * ROW;
  const body: Markup[] = [
    margin === null
      ? html``
      : html`<rect
          x="${x(-margin)}"
          y="${TOP}"
          width="${x(margin) - x(-margin)}"
          height="${bottom - TOP}"
          class="margin"
        />`,
    ...x
      .ticks(6)
      .flatMap((tick) => [
        rule(x(tick), TOP, x(tick), bottom, margin !== null && tick === 0 ? 'zero' : 'grid'),
        label(x(tick), bottom + 16, decimal(tick, 2), 'tick', 'middle'),
      ]),
    ...rows.flatMap(({ name, basis, estimate }, index) => {
      const y = TOP + ROW * (index + 0.5);
      const [low, high] = estimate?.ci95 ?? [null, null];
      return [
        label(0, y - 2, name, 'name'),
        label(0, y + 12, basis),
        label(WIDTH, y + 4, valueOf(estimate), 'value', 'end'),
        low === null || high === null ? html`` : rule(x(low), y, x(high), y, 'bar'),
        estimate?.mean == null
          ? html``
          : html`<circle cx="${x(estimate.mean)}" cy="${y}" r="4.5" class="point" />`,
      ];
    }),
  ];
  return figure({
    ...{ id, title, caption, body },
    description: rows.map((row) => `${row.name}: ${valueOf(row.estimate)}, ${row.basis}.`).join(' '),
    ...{ width: WIDTH, height: bottom + 24 },
  });
}

function valueOf(estimate: GapEstimate | null): string {
  if (estimate === null) return '–';
  return estimate.ci95
    ? `${decimal(estimate.mean)}  (${range(estimate.ci95)})`
    : `${decimal(estimate.mean)}  (no interval)`;
}
