import { expect, it } from 'vitest';
import { autoWindow } from './auto-window';

it('spans the percentiles and is never empty', () => {
  const samples = Int16Array.from({ length: 1001 }, (_, index) => index);
  expect(autoWindow(samples)).toEqual({ low: 10, high: 995 });
  expect(autoWindow(samples, 500, 1)).toEqual({ low: 500, high: 501 });
});
