import type { UnblindedReading } from '#src/contracts/documents/reading';
import type { Proportion } from '#src/statistics/proportions';
import { fixed } from '../../state/format';

/** One line of the figure: a share with its interval. */
export interface ShareLine {
  readonly name: string;
  readonly tone: 'held-out' | 'seen' | 'accent';
  readonly rate: number | null;
  readonly interval: readonly [number, number] | null;
  /** The numbers behind it, n among them. */
  readonly text: string;
}

const percent = (share: number) => `${fixed(100 * share, 0)} %`;

/** `3 of 4: 75 % (19 to 99)` */
function shareText({ k, n, rate, ci95 }: Proportion): string {
  if (rate === null || ci95 === null) return 'n = 0';
  return `${k} of ${n}: ${percent(rate)} (${fixed(100 * ci95[0], 0)} to ${fixed(100 * ci95[1], 0)})`;
}

/** Shares of patients accepted on both sides and preferences, for the figure; two runs are models A and B there. */
export function shareLines({ acceptance, preferences }: UnblindedReading['results']): ShareLine[] {
  const line = (name: string, tone: ShareLine['tone'], share: Proportion): ShareLine => ({
    ...{ name, tone, rate: share.rate, interval: share.ci95, text: shareText(share) },
  });
  return [
    ...(acceptance === null
      ? []
      : [
          line('accepted, held-out', 'held-out', acceptance.heldOut),
          line('accepted, seen', 'seen', acceptance.seen),
        ]),
    ...preferences.map((each) =>
      line(each.first === 'seen' ? 'seen preferred to held-out' : 'model A preferred to B', 'accent', each),
    ),
  ];
}

/** The difference of the shares accepted, for a figure of its own; null when the question was not asked. */
export function differenceLine({ acceptance }: UnblindedReading['results']): ShareLine | null {
  if (acceptance === null) return null;
  const { difference } = acceptance;
  const name = 'seen − held-out';
  if (difference === null)
    return { name, tone: 'accent', rate: null, interval: null, text: 'nobody read on one side' };
  const signed = (share: number) => `${share < 0 ? '−' : '+'}${fixed(Math.abs(100 * share), 0)}`;
  const [low, high] = difference.ci95;
  return {
    ...{ name, tone: 'accent', rate: difference.value, interval: difference.ci95 },
    text: `${signed(difference.value)} % (${signed(low)} to ${signed(high)})`,
  };
}
