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
export function shareText({ k, n, rate, ci95 }: Proportion): string {
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

/** `Seen minus held-out: +25 % (−18 to +58)`; a sentence when there is no difference to speak of. */
export function differenceText({ acceptance }: UnblindedReading['results']): string | null {
  if (acceptance === null) return null;
  const { difference } = acceptance;
  if (difference === null)
    return 'There is no difference to give: no patient was read on one of the two sides.';
  const signed = (share: number) => `${share < 0 ? '−' : '+'}${fixed(Math.abs(100 * share), 0)}`;
  const [low, high] = difference.ci95;
  return `Accepted, seen minus held-out: ${signed(difference.value)} % (${signed(low)} to ${signed(high)}).`;
}
