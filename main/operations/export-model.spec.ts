import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modelDocument } from '#src/contracts/documents/model';
import { initialStatistics, initialWeights } from '#src/models/initial-weights';
import { unetLayout } from '#src/models/unet';
import { writeModelFile } from '#main/training/model-file';
import { readRunConfig, runFiles, writeRunConfig } from '#main/training/run-folder';
import { diskProject } from '#main/training/testing/disk-project';
import { predictedRun } from '#main/training/testing/predicted-run';
import { exportModel } from './export-model';
import storedModel from './fixtures/model-version-1.json';

describe('the export of a model', () => {
  let temporary: Awaited<ReturnType<typeof diskProject>>;
  let out: string;
  beforeEach(async () => {
    temporary = await diskProject();
    out = await mkdtemp(join(tmpdir(), 'heldout-export-'));
    await predictedRun(temporary.project, 'run-a', 0);
  });
  afterEach(async () => {
    await temporary.project.close();
    await temporary.remove();
    await rm(out, { recursive: true, force: true });
  });

  /** Gives the run the weights that a training starts from. */
  async function withWeights(): Promise<string> {
    const folder = temporary.project.runFolder('run-a');
    const { model, seed } = await readRunConfig(folder);
    const layout = unetLayout(model);
    const none = new Float32Array(0);
    const state = { weights: initialWeights(layout, seed), statistics: initialStatistics(layout), step: 10 };
    const { weights } = runFiles(folder);
    await mkdir(dirname(weights), { recursive: true });
    await writeModelFile(
      weights,
      { run: 'run-a', model, step: 10, seconds: 2, seed },
      { ...state, firstMoment: none, secondMoment: none },
      false,
    );
    return weights;
  }
  const hash = async (file: string) =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');

  it('writes the network, what surrounds it, a program and a text', async () => {
    const { project } = temporary;
    const weights = await withWeights();
    const folder = join(out, 'model');
    const { files, model } = await exportModel(project, 'run-a', folder);
    expect((await readdir(folder)).sort()).toEqual(['README.md', 'model.json', 'model.onnx', 'predict.py']);
    expect(files[0]).toBe(join(folder, 'model.onnx'));
    const stored = v.parse(modelDocument, JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')));
    expect(stored).toEqual(model);
    expect(stored.sha256).toEqual({
      file: await hash(join(folder, 'model.onnx')),
      weights: await hash(weights),
    });
    const held = project.registry.split('by-patient').items.filter((item) => item.fold === 0);
    const codes = [...new Set(held.map(({ patient }) => patient))].sort();
    expect(stored.training.heldOut).toEqual(codes);
    expect(stored.training.patients.filter((patient) => codes.includes(patient))).toEqual([]);
    expect(stored.training.patients).toHaveLength(2);
    expect(stored).toMatchObject({
      run: 'run-a',
      input: { multipleOf: 4, channels: 1 },
      output: { classes: [{ label: 0, name: 'background' }, { label: 1 }] },
      preprocessing: { resampling: { spacing: [1.5, 1.5] } },
    });
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    expect(readme).toContain('1.5 x 1.5 mm');
    expect(readme).toContain(`Held out, and never seen by it: ${codes.join(', ')}.`);
    // Identities stay in the sealed columns.
    for (const file of files) expect((await readFile(file)).includes('patient 0')).toBe(false);
  });

  it('has a description of version 1 that stays readable', () => {
    const stored = v.parse(modelDocument, storedModel);
    expect(stored.preprocessing.intensity.clipQuantiles).toEqual([0.005, 0.995]);
    expect(stored.training.heldOut).toEqual(['P0004']);
  });

  it('gives the same bytes again, over the older files', async () => {
    await withWeights();
    const first = await exportModel(temporary.project, 'run-a', out);
    const before = await Promise.all(first.files.map(hash));
    const again = await exportModel(temporary.project, 'run-a', out);
    expect(await Promise.all(again.files.map(hash))).toEqual(before);
  });

  it('refuses a run that is not there, has no weights, or has damaged ones', async () => {
    const { project } = temporary;
    await expect(exportModel(project, 'run-b', out)).rejects.toThrow('no run called run-b');
    await expect(exportModel(project, 'run-a', out)).rejects.toThrow('are damaged');
    const folder = project.runFolder('run-a');
    await rm(runFiles(folder).weights);
    await expect(exportModel(project, 'run-a', out)).rejects.toThrow('no weights yet');
    expect(await readdir(out)).toEqual([]);
  });

  it('says when nobody was held out and that bfloat16 rounds', async () => {
    const { project } = temporary;
    await withWeights();
    const folder = project.runFolder('run-a');
    const config = await readRunConfig(folder);
    await writeRunConfig(folder, { ...config, split: null, fold: null, precision: 'bfloat16' });
    await exportModel(project, 'run-a', out);
    const readme = await readFile(join(out, 'README.md'), 'utf8');
    expect(readme).toContain('Nobody was held out');
    expect(readme).toContain('bfloat16');
  });
});
