import { describe, expect, it } from 'vitest';
import type { RunConfig } from '#src/contracts/documents/run';
import { sameSettings } from './same-settings';

const config: RunConfig = {
  schema: 'heldout.run/1',
  id: 'a',
  split: 's',
  fold: 0,
  seed: 1,
  model: { base: 16, depth: 4, norm: 'batch', classes: 2, inChannels: 1 },
  batch: 8,
  patch: [128, 128],
  targetSpacing: [1.4, 1.4],
  precision: 'float32',
  backend: 'tensorflow',
  threads: 2,
  schedule: { kind: 'cosine', learningRate: 0.002, minutes: 2, epochs: null, stepsPerEpoch: 50 },
  augmentation: {
    rotationDegrees: 20,
    turnedShare: 0,
    scale: [0.9, 1.1],
    shiftFraction: 0.1,
    elasticMm: 0,
    gamma: [0.8, 1.2],
    noise: 0.05,
    mirror: false,
  },
  labels: [1],
  foregroundShare: 0.5,
  keepLargest: [],
  probeEvery: 5,
  training: [],
  probes: { seen: [], heldOut: [] },
  versions: {},
};

describe('same settings', () => {
  it('does not mind another fold, the spacing that follows from its data, threads or the order of keys', () => {
    const { norm, ...model } = config.model;
    const other = { ...config, id: 'b', fold: 1, targetSpacing: [1.5, 1.5] as [number, number], threads: 4 };
    expect(sameSettings(config, { ...other, model: { norm, ...model } })).toBe(true);
  });

  it.each<[string, Partial<RunConfig>]>([
    ['seed', { seed: 2 }],
    ['split', { split: 't' }],
    ['minutes', { schedule: { ...config.schedule, minutes: 3 } }],
    ['model', { model: { ...config.model, base: 24 } }],
    ['labels', { labels: [1, 2] }],
    ['probes', { probeEvery: 4 }],
    ['augmentation', { augmentation: { ...config.augmentation, mirror: true } }],
  ])('minds another %s', (_, changes) => {
    expect(sameSettings(config, { ...config, ...changes })).toBe(false);
  });
});
