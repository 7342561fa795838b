/**
 * Damaged files: are all of them reported, and does none of them take the program down, hang it or fill its memory? Files
 * of the fixtures are mutated with a fixed seed and imported in batches, each into a project of its own. Prints one line
 * of JSON; ends with 1 when a file is unaccounted for, takes longer than 10 seconds, or memory passes the bar.
 *
 *   node bench/run.mjs mutations [--dicom 20000] [--others 5000] [--seed 1]
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { examineSources } from '#main/dicom/examine-sources';
import { openImportPool } from '#main/dicom/import-pool';
import { listSources } from '#main/dicom/list-sources';
import { quietContext } from '#main/jobs/context';
import { importPaths } from '#main/operations/import';
import { mutatedDicom, mutatedNifti, mutatedZip } from './support/mutations';
import { numberArgument } from './support/numbers';
import { temporaryWorkplace } from './support/sample-project';

const BATCH = 250;
const MOST_MEMORY_MB = 1024;
const SLOWEST_FILE_SECONDS = 10;
const FIXTURES = ['main/dicom/fixtures', 'main/nifti/fixtures'];

interface Original {
  readonly name: string;
  readonly bytes: Buffer;
}

async function originals(ending: RegExp): Promise<Original[]> {
  const found: Original[] = [];
  for (const folder of FIXTURES)
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile() && ending.test(entry.name)) {
        const bytes = await readFile(join(entry.parentPath, entry.name));
        if (bytes.length > 0) found.push({ name: entry.name, bytes });
      }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const seed = numberArgument('seed', 1);
const workplace = await temporaryWorkplace();
const totals = {
  files: 0,
  leftOut: 0,
  scans: 0,
  masks: 0,
  unaccounted: 0,
  escaped: 0,
  slowestBatchSeconds: 0,
};

/** Imports one batch and checks that each of its files is in the report. */
async function run(batch: readonly { readonly name: string; readonly bytes: Buffer }[]): Promise<void> {
  const folder = join(workplace.root, 'in', 'batch');
  await mkdir(folder, { recursive: true });
  for (const { name, bytes } of batch) await writeFile(join(folder, name), bytes);
  const project = await workplace.create('fuzz');
  const start = performance.now();
  try {
    const document = await importPaths(project, { paths: [folder] }, quietContext());
    const seconds = (performance.now() - start) / 1000;
    totals.slowestBatchSeconds = Math.max(totals.slowestBatchSeconds, seconds);
    totals.files += batch.length;
    totals.leftOut += document.leftOut.length;
    totals.scans += document.scans;
    totals.masks += document.masks;
    totals.unaccounted += await unaccounted(folder, document);
  } finally {
    await project.close();
    await rm(workplace.folder('fuzz'), { recursive: true });
  }
  // What a hostile archive would have written outside itself.
  const around = await readdir(join(workplace.root, 'in'));
  totals.escaped += around.length - 1;
  await rm(folder, { recursive: true });
}

/** Files that are neither read as images nor named among those left out. */
async function unaccounted(
  folder: string,
  document: Awaited<ReturnType<typeof importPaths>>,
): Promise<number> {
  const leftOut = new Set(document.leftOut.map(({ path }) => path));
  const list = await listSources([folder], quietContext());
  const pool = openImportPool();
  let missing = 0;
  let images = 0;
  for await (const { source, finding } of examineSources(list.sources, pool, quietContext()))
    if (finding.kind === 'left out') missing += leftOut.has(source.path) ? 0 : 1;
    else images += 1;
  await pool.close();
  for (const { path } of list.leftOut) missing += leftOut.has(path) ? 0 : 1;
  return missing + Math.abs(images - document.files);
}

try {
  const dicom = await originals(/\.dcm$/u);
  const nifti = await originals(/\.nii(\.gz)?$/u);
  const zip = await originals(/\.zip$/u);
  const pick = (from: readonly Original[], n: number) =>
    from[n % from.length] ?? { name: '', bytes: Buffer.alloc(0) };
  const dicomCount = numberArgument('dicom', 20_000);
  const otherCount = numberArgument('others', 5000);
  for (let first = 0; first < dicomCount; first += BATCH)
    await run(
      Array.from({ length: Math.min(BATCH, dicomCount - first) }, (_, n) => {
        const at = first + n;
        const bytes = mutatedDicom(pick(dicom, at).bytes, seed + at);
        return at % 10 === 0
          ? { name: `${at}.dcm.gz`, bytes: gzipSync(bytes) }
          : { name: `${at}.dcm`, bytes };
      }),
    );
  for (let first = 0; first < otherCount; first += BATCH)
    await run(
      Array.from({ length: Math.min(BATCH, otherCount - first) }, (_, n) => {
        const at = first + n;
        const isZip = at % 5 === 0;
        const { name, bytes } = pick(isZip ? zip : nifti, at);
        return isZip
          ? { name: `${at}.zip`, bytes: mutatedZip(bytes, seed + at) }
          : {
              name: `${at}${name.endsWith('.gz') ? '.nii.gz' : '.nii'}`,
              bytes: mutatedNifti(bytes, seed + at),
            };
      }),
    );
  const memoryMb = Math.round(process.resourceUsage().maxRSS / 1024);
  const passed =
    totals.unaccounted === 0 &&
    totals.escaped === 0 &&
    memoryMb <= MOST_MEMORY_MB &&
    totals.slowestBatchSeconds <= 2 * SLOWEST_FILE_SECONDS;
  console.log(
    JSON.stringify({ name: 'mutations', seed, passed, ...totals, memoryMb, barMb: MOST_MEMORY_MB }),
  );
  if (!passed) process.exitCode = 1;
} finally {
  await workplace.remove();
}
