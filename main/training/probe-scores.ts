import type { LogRecord, RunConfig } from '#src/contracts/documents/run';
import { diceOf, meanDefined, voxelsOfSlices } from '#src/experiments/probe-score';
import { confusionOf } from '#src/metrics/confusion';
import type { Network } from './network';
import type { Probe, RunData } from './run-data';
import { predictSlices } from './slice-predictor';

/** Slices scored on each side: enough for a curve, few enough not to slow the run down. */
const MOST_SLICES = 32;

/** At most `most` of the probes' slices, taken evenly over patients and scans; always the same ones. */
function thinProbes(probes: readonly Probe[], most = MOST_SLICES): Probe[] {
  const all = probes.flatMap((probe) => probe.slices.map((k) => ({ probe, k })));
  const stride = Math.max(1, all.length / most);
  const kept = Array.from(
    { length: Math.min(all.length, most) },
    (_, index) => all[Math.floor(index * stride)],
  );
  return probes.flatMap((probe) => {
    const slices = kept.flatMap((entry) => (entry?.probe === probe ? [entry.k] : []));
    return slices.length === 0 ? [] : [{ ...probe, slices }];
  });
}

/**
 * Dice of every label on the probe slices: pooled over the slices of a scan, mean over the scans of a patient, mean over
 * the patients; null where no mask holds the label.
 */
export function scoreProbes(
  network: Network,
  config: RunConfig,
  probes: RunData['probes'],
): NonNullable<LogRecord['dice']> {
  return {
    seen: scoreSide(network, config, thinProbes(probes.seen)),
    heldOut: scoreSide(network, config, thinProbes(probes.heldOut)),
  };
}

function scoreSide(
  network: Network,
  config: RunConfig,
  probes: readonly Probe[],
): Record<string, number | null> {
  /** For each patient, one row per scan with the Dice of each label. */
  const patients = new Map<string, (number | null)[][]>();
  for (const { patient, scan, slices } of probes) {
    const prediction = predictSlices(network, config, scan, slices);
    const reference = voxelsOfSlices(scan.labels, [scan.width, scan.height, 0], slices);
    const confusion = confusionOf(reference, prediction, [0, ...config.labels]);
    const row = config.labels.map((label) => diceOf(confusion, label));
    patients.set(patient, [...(patients.get(patient) ?? []), row]);
  }
  return Object.fromEntries(
    config.labels.map((label, index) => [
      String(label),
      meanDefined([...patients.values()].map((rows) => meanDefined(rows.map((row) => row[index] ?? null)))),
    ]),
  );
}
