import { expect, it } from 'vitest';
import { bytes, compact, count, difference, dims, duration, estimate, fixed, share, spacing } from './format';

it('writes shares and differences', () => {
  expect(share(0.8567)).toBe('0.857');
  expect(share(null)).toBe('–');
  expect(difference(-0.0412)).toBe('−0.041');
  expect(difference(0.0412)).toBe('+0.041');
  expect(fixed(-1.26, 1)).toBe('−1.3');
});

it('writes sizes', () => {
  expect(dims([256, 256, 12])).toBe('256 × 256 × 12');
  expect(spacing([1.3672, 1.3672, 10])).toBe('1.37 × 1.37 × 10.0 mm');
});

it('writes times', () => {
  expect(duration(41.6)).toBe('42 s');
  expect(duration(185)).toBe('3 min 05 s');
  expect(duration(7800)).toBe('2 h 10 min');
});

it('writes counts with their noun', () => {
  expect(count(1, 'patients')).toBe('1 patient');
  expect(count(2, 'studies')).toBe('2 studies');
  expect(count(1, 'studies')).toBe('1 study');
  expect(count(1, 'masks')).toBe('1 mask');
  expect(count(1234, 'files')).toBe('1,234 files');
});

it('writes measures shorter where their size says enough', () => {
  expect(compact(3.14)).toBe('3.1');
  expect(compact(99.94)).toBe('99.9');
  expect(compact(99.97)).toBe('100');
  expect(compact(286.4)).toBe('286');
  expect(compact(null)).toBe('–');
});

it('writes sizes on disk', () => {
  expect(bytes(40)).toBe('1 kB');
  expect(bytes(8_600_000)).toBe('9 MB');
  expect(bytes(1_240_000_000)).toBe('1.2 GB');
});

it('writes no mean without saying what its interval is', () => {
  expect(estimate({ mean: 0.9241, ci95: [0.911, 0.937] })).toBe('0.924 (0.911 to 0.937)');
  expect(estimate({ mean: 0.02, ci95: [-0.01, 0.05] }, difference)).toBe('+0.020 (−0.010 to +0.050)');
  expect(estimate({ mean: 0.04, ci95: [-0.067, 0.146] })).toBe('0.040 (−0.067 to 0.146)');
  expect(estimate({ mean: 0.9, ci95: null })).toBe('0.900 (no interval)');
  expect(estimate(null)).toBe('–');
});
