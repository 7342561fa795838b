import { expect, it } from 'vitest';
import type { LogRecord } from '#src/contracts/documents/run';
import { curvesOf, lastOf } from './curves';

const record = (seconds: number, loss: number, dice?: LogRecord['dice']): LogRecord => ({
  ...{ step: 1, epoch: 1, seconds, loss, learningRate: 0.001, msPerStep: 1, waitShare: 0, rssMb: 1 },
  ...(dice === undefined ? {} : { dice }),
});

it('takes the mean over labels, and null where nothing was measured', () => {
  const curves = curvesOf([
    record(30, 1.2),
    record(60, 0.8, { seen: { 1: 0.9, 2: 0.7 }, heldOut: { 1: 0.5, 2: null } }),
    record(90, 0.7, { seen: { 1: null }, heldOut: {} }),
  ]);
  expect(curves.minutes).toEqual([0.5, 1, 1.5]);
  expect(curves.loss).toEqual([1.2, 0.8, 0.7]);
  expect(curves.seen[1]).toBeCloseTo(0.8);
  expect(curves.seen[2]).toBeNull();
  expect(curves.heldOut).toEqual([null, 0.5, null]);
  expect(lastOf(curves.heldOut)).toBe(0.5);
  expect(lastOf([])).toBeNull();
});
