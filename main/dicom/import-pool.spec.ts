/** Import workers: the same results as in this thread, and a file that takes its worker down is named. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { quietContext } from '#main/jobs/context';
import { builtEntry } from '#main/testing/built-entry';
import { examineSources, type ExaminedFile } from './examine-sources';
import { findImages } from './find-images';
import { openImportPool, type ImportPool, type PoolOptions } from './import-pool';
import type { PatientOf } from './plan-volumes';
import { readPlanned } from './read-planned';
import type { SourceFile } from './source-file';

const FIXTURES = 'main/dicom/fixtures';
/**
 * A worker that ends, hangs or fails as the name of a file says. It keeps to the protocol of serve-tasks.ts, and stands
 * for a codec that takes its thread down with it.
 */
const FAULTY_WORKER = `
import { parentPort, workerData } from 'node:worker_threads';
parentPort.on('message', ({ input }) => {
  Atomics.store(workerData, 0, -1);
  Atomics.add(workerData, 2, 1);
  const output = input.map(({ path }, index) => {
    Atomics.store(workerData, 0, index);
    Atomics.add(workerData, 1, 1);
    if (path.startsWith('crash')) process.exit(1);
    if (path.startsWith('hang')) for (;;);
    if (path.startsWith('memory')) throw new Error('out of memory');
    return { finding: { kind: 'left out', reason: 'Read ' + path + '.', image: false }, stamp: { size: 1, modified: 1 } };
  });
  parentPort.postMessage({ output });
});
`;
const context = quietContext();

let folder: string;
let pool: ImportPool;
const open = (options: PoolOptions) => (pool = openImportPool(options));
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heldout-pool-'));
});
afterEach(() => pool.close());
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('an import in workers', () => {
  let built: Awaited<ReturnType<typeof builtEntry>>;
  beforeAll(async () => {
    built = await builtEntry('main/dicom/import-worker.ts', 'import-worker');
    await writeFile(join(folder, 'letter.dcm'), 'Dear colleague');
    await writeFile(join(folder, 'mask.nii'), 'Dear colleague');
  });
  afterAll(() => built.remove());

  async function everything() {
    // Each file by itself: most are the same image under the same UID.
    const patientOf: PatientOf = ({ source }) => ({ key: source.path, isChosen: true });
    const paths = [FIXTURES, 'main/dicom/fixtures/stack', folder];
    const { dicom, maskObjects, leftOut, imageFiles } = await findImages(paths, patientOf, pool, context);
    const read = [];
    for (const planned of dicom.volumes)
      read.push(await readPlanned(planned, (plan) => pool.run('assemble', plan)));
    const masks = [];
    for (const source of maskObjects) {
      const reading = await pool.run('mask object', source);
      masks.push(reading);
      if (reading.object === null) continue;
      for (const { planned } of read.flatMap(({ volumes }) => volumes))
        masks.push(
          await pool.run('place mask', {
            object: reading.object,
            geometry: planned.plan.geometry,
            fit: 'nearest',
          }),
        );
    }
    return { dicom, leftOut, imageFiles, read, masks };
  }

  it('finds and reads what this thread finds and reads', async () => {
    open({ workerFile: null });
    const here = await everything();
    open({ workerFile: resolve(built.folder, 'import-worker.js'), size: 2 });
    const there = await everything();
    expect(there).toEqual(here);
    expect(here.read.length).toBeGreaterThan(3);
    expect(here.leftOut.length).toBeGreaterThan(3);
    expect(here.masks.filter((mask) => mask !== null && 'values' in mask).length).toBeGreaterThan(3);
  });
});

describe('a file that takes its worker down', () => {
  let workerFile: string;
  beforeAll(async () => {
    workerFile = join(folder, 'faulty-worker.mjs');
    await writeFile(workerFile, FAULTY_WORKER);
  });

  const sourceOf = (path: string): SourceFile => ({
    path,
    root: '',
    file: path,
    size: 0,
    modified: 0,
    entry: null,
    isGzip: false,
  });
  const good = Array.from({ length: 70 }, (_, n) => `good ${n}`);

  async function reasons(paths: readonly string[]): Promise<string[]> {
    const examined: ExaminedFile[] = [];
    for await (const file of examineSources(paths.map(sourceOf), pool, context)) examined.push(file);
    expect(examined.map(({ source }) => source.path)).toEqual(paths);
    return examined.map(({ finding }) => (finding.kind === 'left out' ? finding.reason : finding.kind));
  }
  const crashed = /^Reading it crashed: the file is damaged/u;
  const hung = 'Reading it never ended: it was given up. Copy or export it again from its source.';

  it.each([1, 3])('is left out with a sentence, and the import goes on: %i workers', async (size) => {
    open({ workerFile, size });
    const paths = ['crash first', ...good, 'crash in the middle', 'memory', ...good, 'crash last'];
    const found = await reasons(paths);
    for (const [n, path] of paths.entries())
      if (path.startsWith('good')) expect(found[n]).toBe(`Read ${path}.`);
      else expect(found[n]).toMatch(crashed);
  });

  it('is given up when it never ends', async () => {
    open({ workerFile, size: 1, patienceMs: 2000 });
    expect(await reasons(['good', 'hang', 'good as well'])).toEqual([
      'Read good.',
      hung,
      'Read good as well.',
    ]);
  });
});
