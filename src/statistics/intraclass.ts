import { HeldoutError } from '#src/contracts/failure';
import { mean } from './summary';

export interface SliceStatistics {
  patientMeans: Record<string, number>;
  meanOfPatients: number;
  /** Null with fewer than two patients, or when no patient has two slices. */
  icc1: number | null;
  designEffect: number | null;
  effectiveN: number | null;
}

/**
 * What slices of the same patient are worth: ICC(1) from the one-way analysis of variance (n0 for groups of unequal
 * size, Donner 1986), design effect 1 + (n' - 1) ICC with n' = sum n_i^2 / sum n_i, and the number of independent
 * slices that they amount to. A negative ICC gives no more than all slices.
 *
 * @param patients values by patient
 * @throws HeldoutError `usage` when a patient has no value
 */
export function sliceStatistics(patients: Readonly<Record<string, readonly number[]>>): SliceStatistics {
  const groups = Object.entries(patients);
  for (const [, values] of groups)
    if (values.length === 0) throw new HeldoutError('usage', 'Every patient needs at least one value.');
  if (groups.length === 0) throw new HeldoutError('usage', 'There is no patient.');
  const patientMeans = Object.fromEntries(groups.map(([patient, values]) => [patient, mean(values)]));
  const sizes = groups.map(([, values]) => values.length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const squares = sizes.reduce((sum, size) => sum + size * size, 0);
  const k = groups.length;
  const meanOfPatients = mean(Object.values(patientMeans));
  if (k < 2 || total === k)
    return { patientMeans, meanOfPatients, icc1: null, designEffect: null, effectiveN: null };
  const grand = mean(groups.flatMap(([, values]) => [...values]));
  const between =
    groups.reduce((sum, [, values]) => sum + values.length * (mean(values) - grand) ** 2, 0) / (k - 1);
  const within =
    groups.reduce((sum, [, values]) => {
      const centre = mean(values);
      return sum + values.reduce((part, value) => part + (value - centre) ** 2, 0);
    }, 0) /
    (total - k);
  const n0 = (total - squares / total) / (k - 1);
  const spread = between + (n0 - 1) * within;
  if (spread === 0) return { patientMeans, meanOfPatients, icc1: null, designEffect: null, effectiveN: null };
  const icc1 = (between - within) / spread;
  const designEffect = 1 + (squares / total - 1) * icc1;
  return {
    patientMeans,
    meanOfPatients,
    icc1,
    designEffect,
    effectiveN: Math.min(total, total / designEffect),
  };
}
