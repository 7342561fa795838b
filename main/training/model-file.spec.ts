import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialStatistics, initialWeights } from '#src/models/initial-weights';
import { unetLayout } from '#src/models/unet';
import { readModelFile, readModelHeader, writeModelFile } from './model-file';

const model = { base: 2, depth: 1, norm: 'batch', classes: 2, inChannels: 1 } as const;
const layout = unetLayout(model);
const weights = initialWeights(layout, 1);
const state = {
  weights,
  firstMoment: weights.map((value) => value / 2),
  secondMoment: weights.map((value) => value * value),
  statistics: initialStatistics(layout),
  step: 17,
};
const information = { run: 'a-run', model, step: 17, seconds: 12.5, seed: 3 };

describe('files of weights', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heldout-model-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('come back bit by bit', async () => {
    const file = join(folder, 'checkpoint.bin');
    await writeModelFile(file, information, state, true);
    const read = await readModelFile(file);
    expect(read.state).toEqual(state);
    expect(read.header).toMatchObject(information);
    expect(await readModelHeader(file)).toEqual(read.header);
  });

  it('are smaller without moments, which are zero then', async () => {
    const file = join(folder, 'weights.bin');
    await writeModelFile(file, information, state, false);
    const read = await readModelFile(file);
    expect(read.state.weights).toEqual(weights);
    expect(read.state.firstMoment.every((value) => value === 0)).toBe(true);
  });

  it('are refused when a bit is wrong, the end is missing, or the version is newer', async () => {
    const file = join(folder, 'damaged.bin');
    await writeModelFile(file, information, state, true);
    const bytes = await readFile(file);
    for (const at of [0, 20, bytes.length >> 1, bytes.length - 1]) {
      const wrong = Buffer.from(bytes);
      wrong[at] = (wrong[at] ?? 0) ^ 1;
      await writeFile(file, wrong);
      await expect(readModelFile(file)).rejects.toThrow('damaged');
    }
    for (const length of [0, 3, 11, 100, bytes.length - 1]) {
      await writeFile(file, bytes.subarray(0, length));
      await expect(readModelFile(file)).rejects.toThrow('damaged');
    }
    const newer = Buffer.from(bytes);
    newer.writeUInt32LE(2, 4);
    await writeFile(file, newer);
    await expect(readModelFile(file)).rejects.toThrow('newer Heldout');
  });

  it('of version 1 can be read for ever', async () => {
    const read = await readModelFile('main/training/fixtures/model-version-1.bin');
    expect(read.header).toMatchObject({ run: 'stored', step: 17, seconds: 12.5, seed: 3, model });
    const fresh = initialWeights(layout, 1);
    expect(read.state.weights).toEqual(fresh);
  });
});
