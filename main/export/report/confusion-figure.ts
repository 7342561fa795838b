import type { ConfusionMatrix } from '#src/contracts/documents/metrics';
import { html, type Markup } from '../markup';
import { figure, label } from './figure';

const WIDTH = 92;
const HEIGHT = 52;

/**
 * Label confusion of one side as a heat map: each row is a reference label, shares of its voxels by predicted label.
 * @param nameOf name of a label number; 0 is the background
 */
export function confusionFigure(
  id: string,
  side: string,
  patients: number,
  { labels, counts }: ConfusionMatrix,
  nameOf: (label: number) => string,
): Markup {
  const left = 118;
  const top = 40;
  const cells = labels.flatMap((reference, row) => {
    const total = (counts[row] ?? []).reduce((sum, count) => sum + count, 0);
    return labels.flatMap((predicted, column) => {
      const share = total > 0 ? (counts[row]?.[column] ?? 0) / total : null;
      const [x, y] = [left + column * WIDTH, top + row * HEIGHT];
      return [
        html`<rect
          x="${x}"
          y="${y}"
          width="${WIDTH - 2}"
          height="${HEIGHT - 2}"
          rx="3"
          class="${row === column ? 'cell right' : 'cell wrong'}"
          style="fill-opacity:${share === null ? 0 : 0.05 + 0.5 * share}"
          ><title>${nameOf(reference)} painted as ${nameOf(predicted)}: ${percent(share)}</title></rect
        >`,
        label(x + WIDTH / 2 - 1, y + HEIGHT / 2 + 3, percent(share), 'cell-text', 'middle'),
      ];
    });
  });
  const short = (name: string, length: number) =>
    name.length > length ? `${name.slice(0, length - 1)}…` : name;
  return figure({
    id,
    title: `Label confusion, ${side} patients`,
    description: labels
      .map((reference, row) => {
        const total = (counts[row] ?? []).reduce((sum, count) => sum + count, 0);
        const shares = labels.map(
          (predicted, column) =>
            `${percent(total > 0 ? (counts[row]?.[column] ?? 0) / total : null)} as ${nameOf(predicted)}`,
        );
        return `${nameOf(reference)}: ${shares.join(', ')}.`;
      })
      .join(' '),
    width: left + labels.length * WIDTH + 6,
    height: top + labels.length * HEIGHT + 4,
    body: [
      label(left, 12, 'predicted'),
      ...labels.map((predicted, column) =>
        label(
          left + column * WIDTH + WIDTH / 2 - 1,
          30,
          short(nameOf(predicted), 14),
          'tick strong',
          'middle',
        ),
      ),
      label(0, top - 10, 'reference'),
      ...labels.map((reference, row) =>
        label(0, top + row * HEIGHT + HEIGHT / 2 + 3, short(nameOf(reference), 17), 'tick strong'),
      ),
      ...cells,
    ],
    caption: `${side}, n = ${patients} patients: voxels of each reference label by what was painted, rows sum to 100 %.`,
    className: 'heat',
  });
}

/** Shares near 0 and 100 % keep a digit, so that a rare confusion does not read as none. */
function percent(share: number | null): string {
  if (share === null) return '–';
  const value = 100 * share;
  if (value > 0 && value < 0.1) return '< 0.1 %';
  return `${value.toFixed(value < 10 || value > 99 ? 1 : 0)} %`;
}
