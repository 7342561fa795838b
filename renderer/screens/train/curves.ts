import type { LogRecord } from '#src/contracts/documents/run';

/** Columns of a run's log as the charts take them: minutes, loss, mean Dice of seen and of held-out patients. */
export interface Curves {
  readonly minutes: readonly number[];
  readonly loss: readonly (number | null)[];
  readonly seen: readonly (number | null)[];
  readonly heldOut: readonly (number | null)[];
}

/** The log as columns; Dice is the mean over labels where it was measured, else null. */
export function curvesOf(log: readonly LogRecord[]): Curves {
  return {
    minutes: log.map(({ seconds }) => seconds / 60),
    loss: log.map(({ loss }) => loss),
    seen: log.map(({ dice }) => meanOf(dice?.seen)),
    heldOut: log.map(({ dice }) => meanOf(dice?.heldOut)),
  };
}

/** The last value that there is. */
export function lastOf(values: readonly (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null;
}

function meanOf(byLabel: Readonly<Record<string, number | null>> | undefined): number | null {
  const values = Object.values(byLabel ?? {}).filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
