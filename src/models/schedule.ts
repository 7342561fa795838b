import type { ScheduleConfig } from '#src/contracts/documents/run';

/** Share of the run over which the rate rises from a tenth to its full value. */
const WARM_UP = 0.02;
/** The cosine ends here, not at 0, so that the last steps still count. */
const FLOOR = 0.01;

/**
 * Learning rate when `share` (0 to 1) of the budget, in steps or in seconds, is used up: a short linear warm-up, then
 * a half cosine (Loshchilov and Hutter 2017) or the polynomial (1 - share)^0.9 of nnU-Net (Isensee et al. 2021).
 */
export function learningRateAt(schedule: ScheduleConfig, share: number): number {
  const used = Math.min(1, Math.max(0, share));
  const warm = Math.min(1, 0.1 + (0.9 * used) / WARM_UP);
  const decay = schedule.kind === 'cosine' ? (1 + Math.cos(Math.PI * used)) / 2 : (1 - used) ** 0.9;
  return schedule.learningRate * warm * (FLOOR + (1 - FLOOR) * decay);
}
