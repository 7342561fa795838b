import { expect, it } from 'vitest';
import { NO_PACE, paceAfter, paceText } from './pace';

const progress = (done: number, message = 'Reading headers', total: number | null = 10_000) => ({
  ...{ done, total, unit: 'files', message },
});

it('says how fast it goes and how long it takes from the reports of one stage', () => {
  let pace = paceAfter(NO_PACE, progress(0), 100);
  expect(paceText(pace, progress(0))).toBe('');
  pace = paceAfter(pace, progress(2400), 102);
  expect(paceText(pace, progress(2400))).toBe(' · 1,200 files/s · 6 s left');
  expect(paceText(pace, progress(2400, 'Reading headers', null))).toBe(' · 1,200 files/s');
});

it('starts anew with each stage', () => {
  let pace = paceAfter(paceAfter(NO_PACE, progress(0), 0), progress(5000), 5);
  pace = paceAfter(pace, progress(10, 'Reading images and masks'), 6);
  expect(paceText(pace, progress(10))).toBe('');
  pace = paceAfter(pace, progress(15, 'Reading images and masks'), 8);
  expect(paceText(pace, progress(15))).toContain(' · 2.5 files/s');
});
