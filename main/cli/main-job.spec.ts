/** The six steps on the command line: the real program, the shipped sample, one process for each command. */
import { spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import yauzl from 'yauzl';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareDocument } from '#src/contracts/documents/compare';
import { convertDocument } from '#src/contracts/documents/convert';
import { importDocument } from '#src/contracts/documents/import';
import { runImportDocument } from '#src/contracts/documents/imported-run';
import { modelDocument } from '#src/contracts/documents/model';
import { metricsDocument } from '#src/contracts/documents/metrics';
import { auditDocument, splitDocument } from '#src/contracts/documents/split';
import { statisticsDocument } from '#src/contracts/documents/statistics';
import { sampleZip, sharedData } from '#main/testing/shared-data';
import { tensorflowForTests } from '#main/training/testing/tensorflow';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'heldout-cli-'));
  // Builds the program when a source is newer than it.
  expect(heldout('--help').code).toBe(0);
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function heldout(...args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('bin/heldout.mjs'), ...args], {
    encoding: 'utf8',
    cwd: root,
    env: { ...process.env, HELDOUT_CONFIG: join(root, 'config') },
    maxBuffer: 100_000_000,
    timeout: 600_000,
    killSignal: 'SIGKILL',
  });
  return { code: status, out: stdout, err: stderr };
}

/** Runs with `--json`; the whole of stdout must be one document of the schema. */
function json<S extends v.GenericSchema>(schema: S, code: number, ...args: string[]): v.InferOutput<S> {
  const ended = heldout(...args, '--json');
  expect(ended.err).not.toMatch(/\bat .*:\d+:\d+/u);
  expect({ args, code: ended.code, err: ended.err }).toMatchObject({ code });
  return v.parse(schema, JSON.parse(ended.out));
}

const any = v.looseObject({ schema: v.string() });

describe('the main job on the shipped sample', () => {
  const project = () => ['--project', join(root, 'sample.heldout')];

  it('1. makes a project and imports images and masks', () => {
    expect(json(any, 0, 'init', 'sample', '--labels', '1=LV cavity')).toMatchObject({
      schema: 'heldout.init/1',
      patients: 0,
    });
    const report = json(importDocument, 0, 'import', sampleZip(), ...project());
    expect(report).toMatchObject({ patients: 5, studies: 5, scans: 10, masks: 10, leftOut: [] });
    expect(new Set(report.volumes.map(({ phase }) => phase))).toEqual(new Set([0, 1]));
    const again = json(importDocument, 0, 'import', sampleZip(), ...project());
    expect(again).toMatchObject({ scans: 0, masks: 0, alreadyPresent: 20 });
  });

  it('1b. refuses to import where there is no project, and ends', () => {
    const refused = heldout('import', sampleZip(), '--project', join(root, 'nowhere'));
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('not a Heldout project')]);
  }, 60_000);

  it('2. lists what is there, without identities', () => {
    const { patients } = json(
      v.looseObject({ patients: v.array(v.any()) }),
      0,
      'list',
      'patients',
      ...project(),
    );
    expect(patients).toHaveLength(5);
    const { scans } = json(v.looseObject({ scans: v.array(v.any()) }), 0, 'list', 'scans', ...project());
    expect(scans).toHaveLength(10);
    expect(scans[0]).toMatchObject({ scan: 'P0001.1', view: 'short axis', phase: 0, phaseName: 'ES' });
    expect(heldout('list', 'scans', ...project()).out).toMatch(/P0001\.1 .*256 x 256 x \d+/u);
    expect(heldout('list', 'masks', ...project()).out).not.toContain('SCD0');
  });

  it('3. splits by patient and audits; a split by scan leaks, with the pairs named', () => {
    const made = json(
      splitDocument,
      0,
      ...['split', 'create', 'by-patient', '--design', 'patient', '--folds', '5', '--seed', '1'],
      ...project(),
    );
    expect(made.items).toHaveLength(10);
    expect(json(splitDocument, 0, 'split', 'show', 'by-patient', ...project())).toEqual(made);
    expect(json(auditDocument, 0, 'split', 'audit', 'by-patient', ...project())).toMatchObject({
      clean: true,
      findings: [],
    });
    json(
      splitDocument,
      0,
      ...['split', 'create', 'by-scan', '--design', 'scan', '--folds', '2', '--seed', '1'],
      ...project(),
    );
    const audit = json(auditDocument, 1, 'split', 'audit', 'by-scan', ...project());
    const [finding] = audit.findings;
    // Both scans of a patient stand on different sides, or on the same one: counted from the listing.
    const items = json(splitDocument, 0, 'split', 'show', 'by-scan', ...project()).items;
    const parted = new Set(
      items
        .filter((a) => items.some((b) => b.patient === a.patient && b.fold !== a.fold))
        .map((a) => a.patient),
    );
    expect(finding).toMatchObject({ severity: 'leak', count: parted.size, of: 5 });
    expect(new Set(finding?.patients)).toEqual(parted);
    expect(finding?.pairs).toHaveLength(parted.size);
    const text = heldout('split', 'audit', 'by-scan', ...project());
    for (const [a, b] of finding?.pairs ?? []) expect(text.out).toContain(`${a} is held out, ${b} trains`);
  });

  it('3b. takes predictions that were made elsewhere, in the form in which nnU-Net leaves them', async () => {
    const archive = await yauzl.openPromise(sampleZip());
    const cases: string[] = [];
    for await (const entry of archive.eachEntry()) {
      const name = /^masks\/(.+)\.nii\.gz$/u.exec(entry.fileName)?.[1];
      if (name === undefined) continue;
      // The masks of the sample stand for predictions: each patient is held out once.
      const fold = Number(/(\d)01_/u.exec(name)?.[1]) - 1;
      const file = join(root, `results/fold_${fold}/validation/${name}.nii.gz`);
      await mkdir(dirname(file), { recursive: true });
      await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(file));
      cases.push(name);
    }
    const folds = [1, 2, 3, 4, 5].map((patient) => {
      const isHeldOut = (name: string) => name.startsWith(`SCD0000${patient}01`);
      return { train: cases.filter((name) => !isHeldOut(name)), val: cases.filter(isHeldOut) };
    });
    await writeFile(join(root, 'results/splits_final.json'), JSON.stringify(folds));
    const words = ['run', 'import', 'theirs', '--predictions', join(root, 'results')];
    const imported = json(runImportDocument, 0, ...words, ...project());
    expect(imported).toMatchObject({ leftOut: [], labels: [1], audit: { clean: true } });
    expect(imported.runs.map(({ heldOut }) => heldOut)).toEqual(
      imported.runs.map(() => ({ scans: 2, predicted: 2, patients: 1 })),
    );
    expect(json(runImportDocument, 0, ...words, ...project()).alreadyPresent).toBe(true);
    const compared = json(compareDocument, 0, 'compare', '--run', 'theirs-fold4', ...project());
    expect(compared.crossValidated?.heldOut).toMatchObject({ n: 5, mean: 1 });
    expect(compared.verdict.code).toBe('too-few');
    const bad = heldout('run', 'import', 'bad', '--predictions', join(root, 'results/fold_9'), ...project());
    expect([bad.code, bad.err]).toEqual([2, expect.stringContaining('no splits_final.json in fold_9')]);
    expect(bad.err).not.toMatch(/\bat .*:\d+:\d+/u);
    expect(heldout('list', 'runs', ...project()).out).toMatch(/theirs-fold0 +imported +theirs/u);
  });

  it.skipIf(!tensorflowForTests())('4. to 6. trains, predicts, measures, compares and reports', async () => {
    const started = json(
      v.object({
        schema: v.literal('heldout.train/1'),
        run: v.looseObject({ id: v.string(), state: v.string() }),
      }),
      0,
      ...['train', '--split', 'by-patient', '--fold', '0', '--epochs', '2', '--seed', '1'],
      ...project(),
    );
    expect(started.run.state).toBe('done');
    const { id } = started.run;

    const compared = json(compareDocument, 0, 'compare', '--run', id, ...project());
    expect(compared.patients).toHaveLength(5);
    expect(compared.patients.filter(({ side }) => side === 'heldOut')).toHaveLength(1);
    expect(compared.verdict.code).toBe('too-few');
    expect(heldout('compare', '--run', id, ...project()).out).toContain(compared.verdict.sentence);

    const masks = join(root, 'predicted');
    const predicted = json(
      v.looseObject({ files: v.array(v.string()) }),
      0,
      ...['predict', '--run', id, sampleZip(), '--out', masks],
      ...project(),
    );
    expect(predicted.files).toHaveLength(10);
    for (const name of predicted.files) expect(name).toMatch(/^P000[1-5]_\d+_[01]\.nii\.gz$/u);
    const nifti = join(root, 'nifti');
    const converted = json(convertDocument, 0, 'convert', sampleZip(), '--out', nifti);
    expect(JSON.stringify(converted)).not.toContain(root);
    const self = json(metricsDocument, 0, 'metrics', masks, masks);
    expect(self.pairs).toHaveLength(10);
    for (const pair of self.pairs) expect(pair.labels['1']?.dice ?? 1).toBe(1);

    const file = join(root, 'report.html');
    json(any, 0, 'report', id, '--out', file, ...project());
    const html = readFileSync(file, 'utf8');
    expect(html).toContain('<svg');
    expect(html).toContain(compared.verdict.sentence.slice(0, 40));

    const tables = join(root, 'tables');
    const { files } = json(
      v.looseObject({ files: v.array(v.string()) }),
      0,
      ...['export', 'tables', id, '--out', tables],
      ...project(),
    );
    expect(files.length).toBeGreaterThan(0);
    for (const table of files) expect(existsSync(resolve(root, table))).toBe(true);

    const exported = json(
      v.looseObject({ files: v.array(v.string()), model: modelDocument }),
      0,
      ...['export', 'model', '--run', id, '--out', join(root, 'model')],
      ...project(),
    );
    expect(exported.model.training.heldOut).toHaveLength(1);
    for (const written of exported.files) expect(existsSync(written)).toBe(true);

    const listed = v.looseObject({ runs: v.array(v.looseObject({ kind: v.string() })) });
    const { runs } = json(listed, 0, 'list', 'runs', ...project());
    // Beside the one that was trained here are those that were imported.
    expect(runs.filter(({ kind }) => kind === 'trained')).toHaveLength(1);

    const values = join(root, 'values.csv');
    const rows = compared.patients.map(({ patient, dice }) => `${patient},${dice ?? ''},${dice ?? ''}`);
    await writeFile(values, `patient,seen,heldOut\n${rows.join('\n')}\n`);
    expect(json(statisticsDocument, 0, 'statistics', values)).toMatchObject({
      n: 5,
      verdict: { code: 'too-few' },
    });
    expect(json(any, 0, 'doctor')).toMatchObject({ schema: 'heldout.doctor/1' });
  });
});

describe('the split by scan of the 35 ACDC patients', () => {
  const data = sharedData('acdc-dev');

  it.skipIf(data === null)('leaks; the count follows from the listing and every pair is named', () => {
    const project = ['--project', join(root, 'acdc.heldout')];
    json(any, 0, 'init', 'acdc', '--labels', '1=RV,2=myocardium,3=LV');
    const rule = '(?<patient>patient\\d+)/(?<phase>frame\\d+)';
    const report = json(importDocument, 0, 'import', data ?? '', '--patient-from', rule, ...project);
    expect(report).toMatchObject({ patients: 35, scans: 70, masks: 70 });
    const design = ['--design', 'scan', '--held-out', '0.3', '--seed', '1'];
    const { items } = json(splitDocument, 0, 'split', 'create', 'by-scan', ...design, ...project);
    expect(items.filter(({ fold }) => fold === 0)).toHaveLength(21);
    const parted = items.filter((item) =>
      items.some((other) => item.fold === 0 && other.fold === 1 && other.patient === item.patient),
    );
    const audit = json(auditDocument, 1, 'split', 'audit', 'by-scan', ...project);
    expect(audit.findings[0]).toMatchObject({ severity: 'leak', count: parted.length, of: 35 });
    expect(audit.findings[0]?.heldOutUnits).toEqual({ unit: 'scans', count: parted.length, of: 21 });
    expect(audit.findings[0]?.pairs.map(([heldOut]) => heldOut).sort()).toEqual(
      parted.map(({ scan }) => scan).sort(),
    );
    const byPatient = ['--design', 'patient', '--held-out', '0.2', '--seed', '1'];
    json(splitDocument, 0, 'split', 'create', 'by-patient', ...byPatient, ...project);
    expect(json(auditDocument, 0, 'split', 'audit', 'by-patient', ...project).clean).toBe(true);
  });
});

describe('mistakes', () => {
  it('get one sentence and exit code 2', () => {
    const cases: readonly (readonly [string[], RegExp])[] = [
      [['list', 'scans'], /project/iu],
      [['train'], /--split/u],
      [['export', 'model', '--run', 'x'], /--out DIR is missing/u],
      [['list', 'dogs'], /patients/u],
      [
        [
          'split',
          'create',
          'x',
          '--design',
          'colour',
          '--folds',
          '3',
          '--project',
          join(root, 'sample.heldout'),
        ],
        /colour/u,
      ],
      [['metrics', 'no.nii', 'none.nii'], /no\.nii/u],
      [['import', 'nowhere', '--project', join(root, 'sample.heldout')], /nowhere/u],
      [['compare', '--run', 'unheard-of', '--project', join(root, 'sample.heldout')], /unheard-of/u],
      [['dance'], /dance/u],
    ];
    for (const [args, sentence] of cases) {
      const { code, err } = heldout(...args);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(err.trim()).toMatch(sentence);
      expect(err.trim().split('\n')).toHaveLength(1);
    }
  });
});
