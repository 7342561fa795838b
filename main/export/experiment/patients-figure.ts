import { scaleLinear } from 'd3-scale';
import type { ExperimentDocument } from '#src/contracts/documents/experiment';
import type { Markup } from '../markup';
import { figure, label, mark, rule, sidesKey } from '../report/figure';
import { decimal } from '../report/numbers';

const [WIDTH, LEFT, TOP, BOTTOM] = [860, 48, 34, 240];

/** Each development patient under one arm and under the patient arm, on the same slices; worst first. */
export function armPatientsFigure(document: ExperimentDocument, arm: string): Markup | null {
  const rows = document.patients
    .filter(({ side }) => side === 'development')
    .flatMap(({ patient, arms }) => {
      const of = (name: string) => arms.find((entry) => entry.arm === name)?.dice ?? null;
      const [own, without] = [of(arm), of('patient')];
      return own === null || without === null ? [] : [{ patient, own, without }];
    })
    .sort((a, b) => a.without - b.without);
  if (rows.length === 0) return null;
  const values = rows.flatMap(({ own, without }) => [own, without]);
  const y = scaleLinear()
    .domain([Math.max(0, Math.min(...values) - 0.02), Math.min(1, Math.max(...values) + 0.02)])
    .range([BOTTOM, TOP]);
  const step = Math.min(110, (WIDTH - 10 - LEFT) / rows.length);
  const x = (index: number) => LEFT + step * (index + 0.5);
  return figure({
    id: `patients-${arm}`,
    title: `Every patient under the ${arm} arm and under the patient arm`,
    description: rows
      .map(
        ({ patient, own, without }) =>
          `${patient}: ${arm} arm ${decimal(own)}, patient arm ${decimal(without)}.`,
      )
      .join(' '),
    width: WIDTH,
    height: BOTTOM + 12,
    body: [
      ...sidesKey(LEFT + 4, 14, `${arm} arm`, 'patient arm'),
      ...y
        .ticks(5)
        .flatMap((tick) => [
          rule(LEFT, y(tick), WIDTH - 10, y(tick), 'grid'),
          label(LEFT - 8, y(tick) + 4, decimal(tick, 2), 'tick', 'end'),
        ]),
      ...rows.flatMap(({ patient, own, without }, index) => [
        rule(x(index), y(own), x(index), y(without), 'pair'),
        mark('seen', x(index), y(own), `${patient}, ${arm} arm: ${decimal(own)}`, 4.5),
        mark('heldOut', x(index), y(without), `${patient}, patient arm: ${decimal(without)}`, 4.5),
      ]),
    ],
    caption: `Dice on the same slices, as claimed by the cross-validation of the two arms, n = ${rows.length} patients, worst under the patient arm first.`,
  });
}
