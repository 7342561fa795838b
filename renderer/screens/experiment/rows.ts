import type { ExperimentDocument } from '#src/contracts/documents/experiment';
import type { GapEstimate } from '#src/contracts/documents/statistics';
import { CONTROL_TEXTS } from './choices';

/** What a mark stands for: patients that models knew, that they did not know, the locked set, or a difference. */
type MarkKind = 'seen' | 'held-out' | 'locked' | 'gap';

/** A mean with its interval and what it rests on. */
export interface IntervalMark {
  readonly kind: MarkKind;
  /** What the value is, where a row has more than one; '' otherwise. */
  readonly what: string;
  readonly estimate: GapEstimate | null;
  /** `n = 19 patients` */
  readonly basis: string;
}

export interface IntervalRow {
  readonly name: string;
  readonly marks: readonly IntervalMark[];
}

const patients = (n: number) => `n = ${n} ${n === 1 ? 'patient' : 'patients'}`;

/** The familiarity ladder, L0 to L5; the locked rung only once it was opened. */
export function ladderRows({ ladder }: ExperimentDocument): IntervalRow[] {
  return ladder.map(({ level, name, n, estimate }) => ({
    name: `${level} ${name}`,
    marks: [
      {
        kind: level === 'L5' ? 'locked' : level === 'L4' ? 'held-out' : 'seen',
        what: '',
        estimate,
        basis: n > 0 ? patients(n) : level === 'L5' ? 'not opened' : 'nobody has it',
      },
    ],
  }));
}

/** What each arm claims, and what its models reach on the locked set where it was opened. */
export function claimRows({ arms }: ExperimentDocument): IntervalRow[] {
  return arms.map(({ arm, claimed, locked }) => ({
    name: `${arm} split`,
    marks: [
      {
        kind: arm.startsWith('patient') ? 'held-out' : 'seen',
        what: 'claimed',
        estimate: claimed.estimate,
        basis: patients(claimed.n),
      },
      ...(locked.n === 0
        ? []
        : [
            {
              kind: 'locked' as const,
              what: 'true',
              estimate: locked.estimate,
              basis: patients(locked.n),
            },
          ]),
    ],
  }));
}

/** Inflation of each arm and tau: what knowing the patient is worth, paired by patient. */
export function inflationRows({ inflation, tau, tauWithoutNeighbours }: ExperimentDocument): IntervalRow[] {
  const row = (name: string, entry: { readonly n: number; readonly gap: GapEstimate | null }) => ({
    name,
    marks: [{ kind: 'gap' as const, what: '', estimate: entry.gap, basis: patients(entry.n) }],
  });
  return [
    ...inflation.map((entry) => row(`inflation, ${entry.arm} split`, entry)),
    ...(tau === null ? [] : [row('tau, crossed design', tau)]),
    ...(tauWithoutNeighbours === null || tauWithoutNeighbours.n === 0
      ? []
      : [row('tau, no training neighbour', tauWithoutNeighbours)]),
  ];
}

/** Honesty of each arm (claim minus truth) and harm of the patient split; empty until the locked set is opened. */
export function lockedRows({ honesty, harm }: ExperimentDocument): IntervalRow[] {
  return [
    ...honesty.map(({ arm, n: [claims, truths], gap }) => ({
      name: `honesty, ${arm} split`,
      marks: [
        {
          kind: 'gap' as const,
          what: '',
          estimate: gap,
          basis: `n = ${claims} and ${truths} patients`,
        },
      ],
    })),
    ...harm.map(({ arm, n, gap }) => ({
      name: `harm, against ${arm}`,
      marks: [{ kind: 'gap' as const, what: '', estimate: gap, basis: patients(n) }],
    })),
  ];
}

/** The trainings by arm and control, in the order in which they are trained. */
export function trainingRows(
  trainings: ExperimentDocument['trainings'],
): { readonly name: string; readonly list: ExperimentDocument['trainings'] }[] {
  const rows = new Map<string, ExperimentDocument['trainings']>();
  for (const training of trainings) {
    const { control, arm } = training;
    const name = `${control === null ? '' : `${CONTROL_TEXTS[control].name}, `}${arm} split`;
    rows.set(name, [...(rows.get(name) ?? []), training]);
  }
  return [...rows].map(([name, list]) => ({ name, list }));
}

/** Each development patient under one arm and under the patient arm, worst under the patient arm first. */
export function patientPairs(
  { patients: all }: Pick<ExperimentDocument, 'patients'>,
  arm: string,
): { readonly patient: string; readonly own: number; readonly without: number }[] {
  return all
    .filter(({ side }) => side === 'development')
    .flatMap(({ patient, arms }) => {
      const of = (name: string) => arms.find((entry) => entry.arm === name)?.dice ?? null;
      const [own, without] = [of(arm), of('patient')];
      return own === null || without === null ? [] : [{ patient, own, without }];
    })
    .sort((a, b) => a.without - b.without);
}

/**
 * The range of a figure: all marks with their intervals, cut to what the values can be; with a margin, zero in the middle
 * of it is always seen.
 *
 * @param limits least and greatest value that there can be: [0, 1] for scores, [-1, 1] for differences
 */
export function rangeOf(
  rows: readonly IntervalRow[],
  margin: number | null,
  limits: readonly [number, number],
): [number, number] {
  const ends = rows.flatMap(({ marks }) =>
    marks.flatMap(({ estimate }) => [...(estimate?.ci95 ?? []), estimate?.mean ?? []].flat()),
  );
  const around = margin === null ? [] : [-1.5 * margin, 1.5 * margin];
  const all = [...ends, ...around];
  if (all.length === 0) return [limits[0], limits[1]];
  const [low, high] = [Math.max(limits[0], Math.min(...all)), Math.min(limits[1], Math.max(...all))];
  // One value without an interval still needs room around it.
  return high - low > 0.02
    ? [low, high]
    : [Math.max(limits[0], low - 0.05), Math.min(limits[1], high + 0.05)];
}
