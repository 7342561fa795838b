import type { Volume } from '#src/imaging/volume';

/**
 * A NIfTI volume as an image: in one of the sample types that images have (uint8 is for masks), and without the NaN and
 * infinite values that some programs write outside the body.
 */
export function asImage(stored: Volume): { volume: Volume; warnings: string[] } {
  const warnings = stored.geometry.calibrated
    ? []
    : ['No voxel size: millimetres and millilitres are not shown.'];
  const { samples } = stored;
  if (samples instanceof Uint8Array)
    return { volume: { ...stored, samples: new Int16Array(samples) }, warnings };
  if (!(samples instanceof Float32Array) || samples.every(Number.isFinite))
    return { volume: stored, warnings };
  let lowest = Infinity;
  let replaced = 0;
  for (const value of samples)
    if (Number.isFinite(value)) lowest = Math.min(lowest, value);
    else replaced += 1;
  const floor = Number.isFinite(lowest) ? lowest : 0;
  warnings.push(`${replaced} voxels were no numbers (NaN or infinite): they hold the lowest value now.`);
  return {
    volume: { ...stored, samples: samples.map((value) => (Number.isFinite(value) ? value : floor)) },
    warnings,
  };
}
