/** Predictions made elsewhere, in the forms in which other programs leave them, through everything that runs go through. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareDocument } from '#src/contracts/documents/compare';
import { runImportDocument, type RunImportDocument } from '#src/contracts/documents/imported-run';
import { quietContext } from '#main/jobs/context';
import { writeNifti } from '#main/nifti/write-nifti';
import { Project } from '#main/store/project';
import { gridOf, newScan, temporaryProject } from '#main/store/testing/temporary-project';
import { noLauncher } from '#main/training/testing/predicted-run';
import { comparedVolumes, compareRun } from './compare';
import { importPaths } from './import';
import { importPredictions, type PredictionsRequest } from './import-predictions';
import { exportModel } from './export-model';
import { predictPaths } from './predict';
import { finishReading, startReading } from './readings';
import { writeReport } from './report';
import { createSplit } from './splits';
import { resumeRun } from './training';

const PATIENTS = 6;
const geometry = gridOf([12, 8, 10]);
const [NX, NY, NZ] = geometry.dims;
/** Reading in this thread: a worker would have to be built first. */
const HERE = { workerFile: null };
const context = quietContext();

/** A box of patient-dependent width, moved by `shift` voxels along i. */
function box(patient: number, shift: number, label = 1): Uint8Array {
  const labels = new Uint8Array(NX * NY * NZ);
  for (let k = 1; k < NZ - 1; k++)
    for (let j = 2; j < 6; j++)
      for (let i = 2 + shift; i < 6 + (patient % 3) + shift; i++) labels[(k * NY + j) * NX + i] = label;
  return labels;
}
const width = (patient: number) => 4 + (patient % 3);
const held = (patient: number) => (width(patient) - 1) / width(patient);

let place: Awaited<ReturnType<typeof temporaryProject>>;
let folder: string;

/** Six patients, two scans each, imported as `imagesTr/heart_001_a.nii.gz` …; codes are in another order. */
const numbers = Array.from({ length: PATIENTS }, (_, index) => index + 1);
const caseOf = (patient: number, scan: 'a' | 'b') => `heart_00${patient}_${scan}`;
const codeOf = (patient: number) => `P000${PATIENTS + 1 - patient}`;

beforeEach(async () => {
  place = await temporaryProject();
  folder = join(place.root, 'results');
  const { project } = place;
  for (const patient of numbers.toReversed())
    for (const scan of ['a', 'b'] as const) {
      const samples = Int16Array.from(
        box(patient, 0),
        (label) => 90 * label + patient + (scan === 'a' ? 0 : 6),
      );
      const { added } = project.registry.addScans([
        newScan(await project.voxels.put({ samples, geometry }), geometry, {
          patientKey: `HOSPITAL-${patient}`,
          identity: { name: `Doe^Number${patient}` },
          study: { uid: `1.2.3.${patient}` },
          series: { uid: `1.2.3.${patient}.${scan}`, description: 'Doe cine', modality: 'MR' },
          phase: null,
          sourcePath: `imagesTr/${caseOf(patient, scan)}_0000.nii.gz`,
        }),
      ]);
      for (const { id } of added) await project.masks.save(id, box(patient, 0));
    }
});
afterEach(async () => {
  await place.project.close();
  await place.remove();
});

async function predict(file: string, samples: Uint8Array, grid = geometry): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeNifti(join(folder, file), { samples, geometry: grid });
}

const FOLDS = 3;
const foldOf = (patient: number) => (patient - 1) % FOLDS;

/** nnU-Net's list of folds, by patient. */
const splits = () =>
  JSON.stringify(
    Array.from({ length: FOLDS }, (_, fold) => {
      const cases = (isHeldOut: boolean) =>
        numbers
          .filter((patient) => (foldOf(patient) === fold) === isHeldOut)
          .flatMap((patient) => [caseOf(patient, 'a'), caseOf(patient, 'b')]);
      return { train: cases(false), val: cases(true) };
    }),
  );

/** Results as nnU-Net leaves them; a model is one voxel off on patients that it did not train on. */
async function nnunet(which: 'held-out' | 'everybody'): Promise<void> {
  for (let fold = 0; fold < FOLDS; fold += 1) {
    for (const patient of numbers)
      for (const scan of ['a', 'b'] as const) {
        const isHeldOut = foldOf(patient) === fold;
        if (which === 'everybody' || isHeldOut)
          await predict(
            `fold_${fold}/validation/${caseOf(patient, scan)}.nii.gz`,
            box(patient, Number(isHeldOut)),
          );
      }
    await writeFile(join(folder, `fold_${fold}/validation/summary.json`), '{"foreground_mean": {}}');
    await writeFile(join(folder, `fold_${fold}/checkpoint_final.pth`), 'weights');
  }
  await writeFile(join(folder, 'splits_final.json'), splits());
}

const take = (changes: Partial<PredictionsRequest> = {}) =>
  importPredictions(
    place.project,
    { name: 'theirs', folder, trained: { kind: 'beside' }, fold: null, ...changes },
    context,
    HERE,
  );
async function taken(changes: Partial<PredictionsRequest> = {}): Promise<RunImportDocument> {
  const result = await take(changes);
  if (!('document' in result))
    throw new Error(result.problems.map(({ path, reason }) => `${path}: ${reason}`).join('\n'));
  expect(v.parse(runImportDocument, result.document)).toEqual(result.document);
  return result.document;
}
const compare = async (run: string) => {
  const document = await compareRun(place.project, run, context, noLauncher);
  expect(v.parse(compareDocument, document)).toEqual(document);
  return document;
};

describe("nnU-Net's results with predictions of held-out patients only", () => {
  beforeEach(() => nnunet('held-out'));

  it('become a run for each fold, of which held-out patients are shown and no gap', async () => {
    const document = await taken();
    expect(document).toMatchObject({
      ...{ set: 'theirs', split: 'theirs', alreadyPresent: false, labels: [1], labelsNotPredicted: [] },
      ...{ leftOut: [], notImages: 3, notInSplit: [], unknownLocked: 0, takenAsHeldOut: 0 },
      audit: { clean: true },
    });
    expect(
      document.runs.map(({ run, seen, heldOut, missing }) => [run, seen.predicted, heldOut, missing]),
    ).toEqual(
      [0, 1, 2].map((fold) => [`theirs-fold${fold}`, 0, { scans: 4, predicted: 4, patients: 2 }, []]),
    );
    expect(place.project.registry.split('theirs')).toMatchObject({
      design: 'patient',
      folds: 3,
      heldOut: null,
    });
    const compared = await compare('theirs-fold1');
    expect(compared.patients.map(({ patient, side }) => [patient, side])).toEqual(
      [5, 2].map((patient) => [codeOf(patient), 'heldOut']),
    );
    expect(compared.imported).toEqual({
      ...{ set: 'theirs', seen: { scans: 8, predicted: 0 }, heldOut: { scans: 4, predicted: 4 } },
    });
    expect(compared.crossed).toBeNull();
    expect(compared.verdict.code).toBe('too-few');
    expect(compared.verdict.sentence).toMatch(
      /no predictions of patients that the model trained on.*n = 2\. Let the same/u,
    );
    const { patients, heldOut } = compared.crossValidated ?? {};
    expect(patients?.map(({ patient, heldOut: dice }) => [patient, dice])).toEqual(
      expect.arrayContaining(numbers.map((patient) => [codeOf(patient), expect.closeTo(held(patient), 12)])),
    );
    expect(heldOut?.mean).toBeCloseTo(
      numbers.reduce((sum, patient) => sum + held(patient) / PATIENTS, 0),
      12,
    );
  });

  it('are there once, and no other predictions take their name', async () => {
    const first = await taken();
    expect(await taken()).toEqual({ ...first, alreadyPresent: true });
    expect(place.project.registry.runs()).toHaveLength(3);
    await predict(`fold_0/validation/${caseOf(1, 'a')}.nii.gz`, box(1, 2));
    await expect(take()).rejects.toThrow('a run called theirs-fold0 already, with other predictions');
  });

  it('may come fold by fold', async () => {
    await taken({ fold: 1 });
    expect((await compare('theirs-fold1')).crossValidated).toBeUndefined();
    expect(await taken()).toMatchObject({ alreadyPresent: false, runs: [{}, {}, {}] });
    expect(place.project.registry.runs()).toHaveLength(3);
    expect((await compare('theirs-fold1')).crossValidated?.runs).toHaveLength(3);
  });

  it('are reported without a gap, the worst patients from all folds', async () => {
    await taken();
    const file = join(place.root, 'report.html');
    await writeReport(place.project, 'theirs-fold0', file, context, noLauncher);
    const page = await readFile(file, 'utf8');
    const text = page.replaceAll(/<[^>]+>/gu, ' ').replaceAll(/\s+/gu, ' ');
    expect(text).toContain('There are predictions of held-out patients only');
    expect(text).toContain('each patient by the model that did not train on them, n = 6');
    expect(text).not.toMatch(/Welch|The interval says|Gap in Dice, seen minus held-out/u);
    expect(page).not.toContain('confusion-seen');
    // The narrowest boxes lose most, and those patients are held out by another run than that of the report.
    const worst = [...text.matchAll(/(P\d{4}) , scan P\d{4}\.\d: Dice/gu)].map(([, patient]) => patient);
    expect(worst.slice(0, 2).toSorted()).toEqual([codeOf(3), codeOf(6)].toSorted());
    expect(worst).toHaveLength(3);
  });

  it('leave no voxels behind that nobody names', async () => {
    await predict(`fold_2/validation/${caseOf(3, 'a')}.nii.gz`, box(3, 0, 7));
    const before = await readdir(join(place.folder, 'voxels'), { recursive: true });
    expect(await take()).toMatchObject({
      problems: [
        {
          path: `${caseOf(3, 'a')}.nii.gz`,
          reason: expect.stringContaining(
            'It holds label 7, which the project does not have (its labels are 1)',
          ) as string,
        },
      ],
      files: 12,
    });
    expect(await readdir(join(place.folder, 'voxels'), { recursive: true })).toEqual(before);
    expect([place.project.registry.runs(), place.project.registry.splits()]).toEqual([[], []]);
    expect(await readdir(join(place.folder, 'runs'))).toEqual([]);
  });
});

describe('predictions of every model on every patient', () => {
  it('give tau of the crossed design, on whole scans', async () => {
    await nnunet('everybody');
    await taken();
    const { crossed, verdict } = await compare('theirs-fold0');
    expect(crossed?.runs).toEqual(['theirs-fold0', 'theirs-fold1', 'theirs-fold2']);
    expect(crossed?.over).toBe('whole scans');
    const tau = numbers.reduce((sum, patient) => sum + 1 / width(patient) / PATIENTS, 0);
    expect(crossed?.statistics.gap.mean).toBeCloseTo(tau, 12);
    expect(verdict).toEqual(crossed?.statistics.verdict);
    expect(verdict.code).toBe('inflated');
  });

  it('of folds of unequal size say what a better model can do to the gap', async () => {
    const heldOutBy = (patient: number) => Number(patient > 1);
    const rows = numbers.map((patient) => `${codeOf(patient)},${heldOutBy(patient) === 0 ? 'y' : 'x'}`);
    const file = join(place.root, 'models.csv');
    await writeFile(file, ['patient,model', ...rows.toSorted()].join('\n'));
    // The first model is one voxel off everywhere, the second nowhere, and neither remembers anybody.
    for (const patient of numbers)
      for (const [shift, model] of ['y', 'x'].entries())
        await predict(`${model}/${caseOf(patient, 'a')}.nii.gz`, box(patient, shift));
    const { runs } = await taken({ trained: { kind: 'table', file } });
    expect(runs.map(({ heldOut }) => heldOut.patients).toSorted()).toEqual([1, 5]);
    const { crossed } = await compare('theirs-fold0');
    expect(Math.abs(crossed?.statistics.gap.mean ?? 0)).toBeGreaterThan(0.1);
    expect(crossed?.unequalFolds).toMatchObject({ smallest: 1, largest: 5 });
    expect(Math.abs(crossed?.unequalFolds?.gap ?? 1)).toBeLessThan(0.03);
  });

  it('are read blinded, and reported as made elsewhere, with hashes', async () => {
    await nnunet('everybody');
    await taken();
    const { project, root } = place;
    const plan = {
      questions: ['acceptable', 'better'] as const,
      count: 4,
      repeatShare: 0,
      seed: 5,
      reader: 'Ann',
    };
    const session = await startReading(
      project,
      { ...plan, runs: ['theirs-fold0', 'theirs-fold1'] },
      context,
      noLauncher,
    );
    expect(session.cases).toBe(8);
    finishReading(project, session.session);
    const file = join(root, 'report.html');
    await writeReport(project, 'theirs-fold0', file, context, noLauncher);
    const text = (await readFile(file, 'utf8')).replaceAll(/<[^>]+>/gu, ' ').replaceAll(/\s+/gu, ' ');
    expect(text).toContain('The predictions were made elsewhere and imported as “theirs”');
    expect(text).toContain('They come from 3 models, one for each fold');
    expect(text).toContain('With and without having met them, on whole scans');
    expect(text.match(/SHA-256 of the imported files of theirs-fold\d [0-9a-f]{64}/gu)).toHaveLength(3);
    expect(text).toMatch(/SHA-256 of imported\.json [0-9a-f]{64}/u);
    expect(text).not.toMatch(/U-Net|on probe slice|Doe|HOSPITAL|heart_00/u);
  });

  it('are the verdict "leak" where scans of a patient stand on both sides', async () => {
    const list = [0, 1].map((fold) => {
      const [val, train] = fold === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const);
      return { train: numbers.map((n) => caseOf(n, train)), val: numbers.map((n) => caseOf(n, val)) };
    });
    const file = join(place.root, 'by-scan.json');
    await writeFile(file, JSON.stringify(list));
    for (const fold of [0, 1])
      for (const patient of numbers)
        for (const scan of ['a', 'b'] as const)
          await predict(`fold_${fold}/${caseOf(patient, scan)}.nii.gz`, box(patient, 0));
    const { audit } = await taken({ trained: { kind: 'split', nameOrFile: file } });
    expect(audit).toMatchObject({
      clean: false,
      findings: [{ kind: 'patient-both-sides', count: 6, of: 6 }],
    });
    const { verdict, crossed } = await compare('theirs-fold0');
    expect([verdict.code, crossed]).toEqual(['leak', null]);
    expect(verdict.sentence).toMatch(/^6 of 6 patients stand on both sides/u);
  });
});

describe('predictions of one model', () => {
  const all = async () => {
    for (const patient of numbers)
      for (const scan of ['a', 'b'] as const)
        await predict(`${caseOf(patient, scan)}.nii.gz`, box(patient, Number(patient > 3)));
  };

  it('with a list of the patients that trained it compare two groups', async () => {
    await all();
    const file = join(place.root, 'trained.csv');
    await writeFile(file, `patient\n${codeOf(1)}\n${codeOf(2)}\n${codeOf(3)}\n`);
    const document = await taken({ trained: { kind: 'table', file } });
    expect(document).toMatchObject({ takenAsHeldOut: 6, runs: [{ run: 'theirs', fold: 0, missing: [] }] });
    expect(place.project.registry.runs()).toMatchObject([
      { id: 'theirs', kind: 'imported', state: 'done', split: 'theirs' },
    ]);
    const { labels, gap, verdict, crossed } = await compare('theirs');
    expect([labels['1']?.seen.n, labels['1']?.heldOut.n, labels['1']?.seen.mean]).toEqual([3, 3, 1]);
    expect(gap?.mean).toBeCloseTo(1 - (held(4) + held(5) + held(6)) / 3, 12);
    expect(crossed).toBeNull();
    expect(verdict.sentence).toContain('Import what every fold’s model predicts of every patient');
  });

  it('with other numbers of labels are numbered anew; what is not named is background', async () => {
    for (const patient of numbers) {
      const labels = box(patient, 0, 51);
      labels[0] = 90;
      await predict(`${caseOf(patient, 'a')}.nii.gz`, labels);
    }
    const nobody = { trained: { kind: 'nobody' } } as const;
    expect(await take(nobody)).toMatchObject({
      problems: numbers.map(() => ({ reason: expect.stringContaining('holds labels 51, 90') as string })),
    });
    expect((await taken({ ...nobody, labelMap: new Map([[51, 1]]) })).labels).toEqual([1]);
    const { patients, labels } = await compare('theirs');
    expect([patients.map(({ dice }) => dice), Object.keys(labels)]).toEqual([numbers.map(() => 1), ['1']]);
  });

  it('that has met nobody has held-out patients only', async () => {
    await all();
    const { audit, runs } = await taken({ trained: { kind: 'nobody' } });
    expect(audit).toMatchObject({ clean: true, findings: [] });
    expect(runs).toMatchObject([{ seen: { scans: 0 }, heldOut: { scans: 12, predicted: 12, patients: 6 } }]);
    const { labels, verdict } = await compare('theirs');
    expect(labels['1']).toMatchObject({ seen: { n: 0 }, heldOut: { n: 6 } });
    expect(verdict.sentence).toContain('has met none of these patients');
  });

  it('in the grid of a stored split: what is locked, unknown or lacking is said', async () => {
    await all();
    const { project } = place;
    const { items } = createSplit(project, {
      name: 'mine',
      plan: { design: 'patient', folds: 2, heldOut: null, locked: 0.2, seed: 1 },
    });
    const locked = [...new Set(items.filter(({ fold }) => fold === 'locked').map(({ scan }) => scan))];
    const [first] = items.filter(({ fold }) => fold === 0);
    await predict('unrelated.nii.gz', box(1, 0));
    await writeNifti(join(folder, 'notes.nii.gz'), {
      samples: Float32Array.from(box(1, 0), (x) => x / 3),
      geometry,
    });
    const own = project.registry.sourcePathOf(project.registry.scanNamed(first?.scan ?? '').id) ?? '';
    await rm(join(folder, own.replace('imagesTr/', '').replace('_0000', '')));
    await expect(take({ trained: { kind: 'split', nameOrFile: 'mine' } })).rejects.toThrow('--fold 0 to 1');
    await expect(take({ trained: { kind: 'split', nameOrFile: 'mine' }, fold: 2 })).rejects.toThrow(
      '2 is no fold',
    );
    const document = await taken({ trained: { kind: 'split', nameOrFile: 'mine' }, fold: 0 });
    expect(document.split).toBe('mine');
    expect(document.runs.map(({ missing }) => missing)).toEqual([[first?.scan]]);
    expect(document.leftOut.map(({ reason }) => reason).toSorted()).toEqual([
      'It is no mask: a mask holds a few small whole numbers (labels) only.',
      'No scan of the project goes by its name.',
      ...locked.map((scan) => `${scan} is in the locked set, which is not scored here.`).toSorted(),
    ]);
    const { patients } = await compare('theirs');
    expect(patients.flatMap(({ scans }) => scans)).toHaveLength(items.length - locked.length - 1);
    await expect(comparedVolumes(project, 'theirs', first?.scan ?? '', context, noLauncher)).rejects.toThrow(
      'came without a prediction',
    );
  });

  it('are found by a rule of the person, by other names than those of the files', async () => {
    for (const patient of numbers) await predict(`run/${codeOf(patient)}-second/out.nii.gz`, box(patient, 1));
    const maskFrom = /(?<patient>P\d+)-second/u;
    const refused = await take({ trained: { kind: 'nobody' }, maskFrom });
    // Both scans of a patient have the grid, and the path fits neither better.
    expect(refused).toMatchObject({
      problems: numbers.map(() => ({ reason: expect.stringContaining('--mask-from') as string })),
    });
    await rm(folder, { recursive: true });
    for (const patient of numbers) await predict(`run/${codeOf(patient)}/heart_b.nii.gz`, box(patient, 1));
    const rule = /(?<patient>P\d+)\/heart_(?<scan>[ab])/u;
    const { runs } = await taken({ trained: { kind: 'nobody' }, maskFrom: rule });
    expect(runs).toMatchObject([{ heldOut: { scans: 12, predicted: 6 } }]);
    expect(runs[0]?.missing).toEqual(numbers.toReversed().map((patient) => `${codeOf(patient)}.1`));
  });

  it('are found by words of their paths: endings of other programs, a folder for each case, codes', async () => {
    await predict(`${caseOf(1, 'a')}_pred.nii.gz`, box(1, 1));
    await predict(`${caseOf(2, 'a')}/segmentation.nii.gz`, box(2, 1));
    await predict(`${codeOf(3)}.2.nii.gz`, box(3, 1));
    const { runs, leftOut } = await taken({ trained: { kind: 'nobody' } });
    expect(leftOut).toEqual([]);
    const { patients } = await compare('theirs');
    expect(runs[0]?.heldOut.predicted).toBe(3);
    expect(patients.map(({ patient, scans }) => [patient, scans[0]?.scan])).toEqual([
      [codeOf(3), `${codeOf(3)}.2`],
      [codeOf(2), `${codeOf(2)}.1`],
      [codeOf(1), `${codeOf(1)}.1`],
    ]);
    for (const { dice } of patients) expect(dice).toBeLessThan(1);
  });
});

describe('DICOM segmentations', () => {
  const MASKS = 'main/dicom/fixtures/masks';
  const segmentation = async (name: string) => {
    await mkdir(folder, { recursive: true });
    await cp(join(MASKS, `${name}.dcm`), join(folder, `${name}.dcm`));
  };
  const images = (...paths: string[]) =>
    importPaths(place.project, { paths: paths.map((path) => join(MASKS, path)) }, context, HERE);

  it('go to the scan that they name, their segments to the labels of their names', async () => {
    await images('series', 'binary.dcm');
    await segmentation('binary-rle');
    const { runs, labels, leftOut } = await taken({ trained: { kind: 'nobody' } });
    expect([labels, leftOut, runs[0]?.heldOut.predicted]).toEqual([[1, 2], [], 1]);
    expect((await compare('theirs')).patients).toMatchObject([{ patient: 'P0007', dice: 1 }]);
  });

  it('are refused with a segment that is no label of the project, or on another grid', async () => {
    await images('series');
    const scan = place.project.registry.scanNamed('P0007.1');
    await place.project.masks.save(
      scan.id,
      new Uint8Array(scan.geometry.dims.reduce((a, b) => a * b)).fill(1, 0, 9),
    );
    await segmentation('binary');
    await segmentation('other-grid');
    const result = await take({ trained: { kind: 'nobody' } });
    if (!('problems' in result)) throw new Error('it was taken');
    expect(result.problems.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
      expect.stringMatching(
        /^binary\.dcm: The project has no label for each of its segments \("Myocardium", "LV cavity"\)/u,
      ),
      expect.stringMatching(/^other-grid\.dcm: Its grid .* is not that of P0007\.1/u),
    ]);
  });

  it('and the files of heldout predict are found by the names that it gives them', async () => {
    await images('cine');
    const scans = place.project.registry.scans().filter(({ patient }) => patient === 'P0007');
    expect(scans.map(({ phase }) => phase)).toEqual([0, 1]);
    for (const { id, geometry: own, phase } of scans) {
      const labels = new Uint8Array(own.dims.reduce((a, b) => a * b)).fill(1, 0, 20 + 9 * (phase ?? 0));
      await place.project.masks.save(id, labels);
      await predict(`P0007_5_${phase ?? 0}.nii.gz`, labels, own);
    }
    expect(await taken({ trained: { kind: 'nobody' } })).toMatchObject({ leftOut: [] });
    expect((await compare('theirs')).patients).toMatchObject([
      { patient: 'P0007', dice: 1, scans: [{}, {}] },
    ]);
  });
});

describe('what cannot be taken', () => {
  const nobody = { trained: { kind: 'nobody' } } as const;
  const reasons = async () => {
    const result = await take(nobody);
    if (!('problems' in result)) throw new Error('it was taken');
    expect(place.project.registry.runs()).toEqual([]);
    return result.problems.map(({ reason }) => reason);
  };

  it('another grid, with both', async () => {
    await predict(`${caseOf(1, 'a')}.nii.gz`, new Uint8Array(6 * 8 * 10), gridOf([6, 8, 10]));
    expect(await reasons()).toEqual([
      expect.stringMatching(
        new RegExp(
          `^Its grid \\(6 x 8 x 10.*\\) is not that of ${codeOf(1)}\\.1 \\(12 x 8 x 10.*write the prediction in the grid`,
          'u',
        ),
      ),
    ]);
  });

  it('two files for one scan', async () => {
    await predict(`x/${caseOf(1, 'a')}.nii.gz`, box(1, 0));
    await predict(`y/${caseOf(1, 'a')}.nii.gz`, box(1, 0));
    expect(await reasons()).toEqual([
      expect.stringContaining(`Another file is a prediction of ${codeOf(1)}.1 too`),
    ]);
  });

  it('a damaged file, and a folder without masks', async () => {
    await predict(`${caseOf(1, 'a')}.nii.gz`, box(1, 0));
    const bytes = await readFile(join(folder, `${caseOf(1, 'a')}.nii.gz`));
    await writeFile(join(folder, `${caseOf(1, 'a')}.nii.gz`), bytes.subarray(0, 60));
    expect(await reasons()).toHaveLength(1);
    await rm(folder, { recursive: true });
    await mkdir(folder);
    expect(await reasons()).toEqual(['There are no masks in its folder.']);
  });

  it('without word of who trained, a bad name, a missing folder', async () => {
    await predict(`${caseOf(1, 'a')}.nii.gz`, box(1, 0));
    await expect(take()).rejects.toThrow('There is no splits_final.json in results');
    await expect(take({ ...nobody, name: 'Not a name' })).rejects.toThrow(
      'small letters, digits and hyphens',
    );
    await expect(take({ ...nobody, folder: join(place.root, 'none') })).rejects.toThrow(
      'none does not exist',
    );
    await expect(take({ trained: { kind: 'table', file: join(place.root, 'none.csv') } })).rejects.toThrow(
      'none.csv cannot be read',
    );
  });
});

describe('an imported run', () => {
  const imported = async () => {
    await predict(`${caseOf(1, 'a')}.nii.gz`, box(1, 1));
    await taken({ trained: { kind: 'nobody' } });
  };

  it('has no training to go on with, and no model to predict with', async () => {
    await imported();
    const { project, root } = place;
    await expect(resumeRun(project, 'theirs', context, noLauncher)).rejects.toThrow('made elsewhere');
    await expect(
      predictPaths(project, ['theirs'], [root], join(root, 'out'), context, noLauncher),
    ).rejects.toThrow('no model here');
    await expect(exportModel(project, 'theirs', join(root, 'model'))).rejects.toThrow('no model here');
  });

  it('of version 1 is read; a newer, damaged or missing description is refused and left as it is', async () => {
    await imported();
    const file = join(place.project.runFolder('theirs'), 'imported.json');
    const stored = JSON.parse(
      await readFile('main/operations/fixtures/imported-run-1.json', 'utf8'),
    ) as object;
    expect(Object.keys(stored)).toEqual(Object.keys(JSON.parse(await readFile(file, 'utf8')) as object));
    const voxels = await place.project.voxels.put({ samples: box(1, 1), geometry });
    await writeFile(
      file,
      JSON.stringify({ ...stored, predictions: [{ scan: `${codeOf(1)}.1`, voxels, file: 'ab'.repeat(32) }] }),
    );
    expect((await compare('theirs')).patients).toMatchObject([{ patient: codeOf(1), dice: held(1) }]);
    for (const [text, sentence] of [
      ['{"schema":"heldout.imported-run/2"}', 'imported by a newer version'],
      ['{"schema":', 'is damaged'],
    ] as const) {
      await writeFile(file, text);
      await expect(compare('theirs')).rejects.toThrow(sentence);
      expect(await readFile(file, 'utf8')).toBe(text);
    }
    await rm(file);
    await expect(compare('theirs')).rejects.toThrow('is missing');
  });

  it('goes with its project to another place', async () => {
    await imported();
    const before = await compare('theirs');
    await place.project.close();
    const copy = join(place.root, 'copy.heldout');
    await cp(place.folder, copy, { recursive: true });
    await rm(folder, { recursive: true });
    place = {
      ...place,
      project: await Project.open(copy, { keyVault: place.keyVault }),
    };
    expect(await compare('theirs')).toEqual(before);
  });
});
