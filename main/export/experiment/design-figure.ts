import type { ExperimentTraining } from '#src/experiments/experiment-trainings';
import { html, type Markup } from '../markup';
import { figure, label } from '../report/figure';

interface DrawnScan {
  readonly patient: string;
  readonly scan: string;
  readonly slices: number;
}

/** Scans that are drawn of each arm. */
const MOST_SCANS = 12;
const [WIDTH, LEFT, TOP, ROW] = [860, 150, 26, 15];

/**
 * The design as a picture: for the first fold of each arm, which slices of which scans train, are held out, or are used by
 * nobody. Of large projects the first scans are drawn, and the caption says so.
 *
 * @param trainings of one repeat and seed, without controls
 */
export function designFigure(trainings: readonly ExperimentTraining[], scans: readonly DrawnScan[]): Markup {
  const drawn = [...scans].slice(0, MOST_SCANS);
  const arms = trainings.filter(({ fold }) => fold === 0);
  const cell = (WIDTH - LEFT) / Math.max(1, arms.length);
  const most = Math.max(1, ...drawn.map(({ slices }) => slices));
  const step = (cell - 24) / most;
  const body = arms.flatMap(({ arm, training, heldOut }, column) => {
    const left = LEFT + column * cell;
    const [trains, out] = [training, heldOut].map(
      (entries) => new Map(entries.map(({ scan, slices }) => [scan, new Set(slices)])),
    );
    return [
      label(left, 14, `${arm} arm, fold 0 held out`, 'name'),
      ...drawn.flatMap(({ scan, slices }, row) =>
        Array.from({ length: slices }, (_, slice) => {
          const kind = trains?.get(scan)?.has(slice) ? 'seen' : out?.get(scan)?.has(slice) ? 'held' : null;
          return html`<rect
            x="${left + slice * step}"
            y="${TOP + row * ROW}"
            width="${Math.max(1, step - 1)}"
            height="${ROW - 4}"
            class="${kind === 'held' ? 'held' : kind === 'seen' ? 'seen' : 'margin'}"
          />`;
        }),
      ),
    ];
  });
  return figure({
    id: 'design',
    title: 'Who trains and who is held out in each arm',
    description: arms
      .map(({ arm, training, heldOut }) => {
        const patients = (entries: readonly { readonly patient: string }[]) =>
          new Set(entries.map(({ patient }) => patient)).size;
        return `${arm} arm, fold 0: trains on ${patients(training)} patients, holds out slices of ${patients(heldOut)}.`;
      })
      .join(' '),
    width: WIDTH,
    height: TOP + drawn.length * ROW + 6,
    body: [...drawn.map(({ scan }, row) => label(0, TOP + row * ROW + 9, scan)), ...body],
    caption:
      `Every row a scan, every cell a slice: outlined trains, filled is held out, grey is used by nobody (probe slices and what the equal budget leaves out).` +
      (scans.length > drawn.length ? ` The first ${drawn.length} of ${scans.length} scans are drawn.` : ''),
  });
}
