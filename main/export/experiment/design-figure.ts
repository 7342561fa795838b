import { designPicture } from '#src/experiments/design-picture';
import type { ExperimentTraining } from '#src/experiments/experiment-trainings';
import { html, type Markup } from '../markup';
import { figure, label } from '../report/figure';

interface DrawnScan {
  readonly patient: string;
  readonly scan: string;
  readonly slices: number;
}

const [WIDTH, LEFT, TOP, ROW] = [860, 150, 26, 15];
const CLASSES = { t: 'seen', h: 'held', '-': 'margin' } as const;

/**
 * The design as a picture: for the first fold of each arm, which slices of which scans train, are held out, or are used by
 * nobody. Of large projects the first scans are drawn, and the caption says so.
 */
export function designFigure(trainings: readonly ExperimentTraining[], scans: readonly DrawnScan[]): Markup {
  const { scans: drawn, arms } = designPicture(trainings, scans);
  const cell = (WIDTH - LEFT) / Math.max(1, arms.length);
  const most = Math.max(1, ...drawn.map(({ slices }) => slices));
  const step = (cell - 24) / most;
  const body = arms.flatMap(({ arm, rows }, column) => {
    const left = LEFT + column * cell;
    return [
      label(left, 14, `${arm} arm, fold 0 held out`, 'name'),
      ...rows.flatMap((uses, row) =>
        uses.map(
          (use, slice) =>
            html`<rect
              x="${left + slice * step}"
              y="${TOP + row * ROW}"
              width="${Math.max(1, step - 1)}"
              height="${ROW - 4}"
              class="${CLASSES[use]}"
            />`,
        ),
      ),
    ];
  });
  return figure({
    id: 'design',
    title: 'Who trains and who is held out in each arm',
    description: arms
      .map(
        ({ arm, patients }) =>
          `${arm} arm, fold 0: trains on ${patients.training} patients, holds out slices of ${patients.heldOut}.`,
      )
      .join(' '),
    width: WIDTH,
    height: TOP + drawn.length * ROW + 6,
    body: [...drawn.map(({ scan }, row) => label(0, TOP + row * ROW + 9, scan)), ...body],
    caption:
      `Every row a scan, every cell a slice: outlined trains, filled is held out, grey is used by nobody (probe slices and what the equal budget leaves out).` +
      (scans.length > drawn.length ? ` The first ${drawn.length} of ${scans.length} scans are drawn.` : ''),
  });
}
