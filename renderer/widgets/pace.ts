import type { Progress } from '#src/contracts/progress';
import { duration } from '../state/format';

/** Where a stage of an operation was when it was first heard of and where it is now; times in seconds. */
export interface Pace {
  readonly message: string;
  readonly from: { readonly done: number; readonly at: number };
  readonly to: { readonly done: number; readonly at: number };
}

export const NO_PACE: Pace = { message: '', from: { done: 0, at: 0 }, to: { done: 0, at: 0 } };

/** A rate from less time (s) than this says nothing. */
const SOON = 1;

/** The pace after one more report at time `now` (s). A new stage starts anew. */
export function paceAfter(pace: Pace, { message, done }: Progress, now: number): Pace {
  const to = { done, at: now };
  const isSame = pace.message === message && done >= pace.to.done;
  return { message, from: isSame ? pace.from : to, to };
}

/** ` · 1,200 files/s · 40 s left`; '' while too little is known. */
export function paceText({ from, to }: Pace, progress: Progress | null): string {
  const seconds = to.at - from.at;
  if (progress === null || seconds < SOON || to.done <= from.done) return '';
  const rate = (to.done - from.done) / seconds;
  const shown = rate >= 10 ? Math.round(rate).toLocaleString('en') : rate.toFixed(1);
  const left = progress.total === null ? null : (progress.total - progress.done) / rate;
  return ` · ${shown} ${progress.unit}/s${left === null ? '' : ` · ${duration(left)} left`}`;
}
