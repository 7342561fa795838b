/**
 * Files per second of importing many DICOM files into a fresh project, beside dcm2niix converting the same files in the
 * same run, and the most memory that an import takes. The files are those of the shipped sample as those of many
 * patients, or what lies below a folder. Prints one line of JSON; ends with 1 when a bar is missed.
 *
 *   node bench/run.mjs import [--files 10000] [--repeats 3] [--memory-files 40000]
 *   node bench/run.mjs import --folder FOLDER [--repeats 3]
 *
 * dcm2niix is taken from $DCM2NIIX or the path; without it the ratio is null. It writes uncompressed NIfTI without
 * JSON and does not wait for the disk, whereas an import is registered and on the disk when it ends.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findImages } from '#main/dicom/find-images';
import { openImportPool, warmImportPool } from '#main/dicom/import-pool';
import { quietContext } from '#main/jobs/context';
import { importPaths, prepareImport } from '#main/operations/import';
import { shippedSample } from '#main/operations/sample';
import { median, numberArgument, textArgument } from './support/numbers';
import { multiplySample, unpackSample } from './support/sample-files';
import { temporaryWorkplace, type Workplace } from './support/sample-project';

const BARS = { scanFilesPerSecond: 8000, ratio: 1, memoryMb: 400 };
const SAMPLE_DICOM_FILES = 114;
/** The person's own files, of which any may be left out. */
const FOLDER = textArgument('folder');
const GIVEN_FOLDER = FOLDER !== '';
/**
 * What was written stays until the end: ext4 is slow to make files for some seconds after many were removed, as nobody
 * does before an import.
 */
let outputs = 0;
const DCM2NIIX = process.env['DCM2NIIX'] ?? 'dcm2niix';
/** Set for the process whose memory is measured: it does nothing but the import. */
const CHILD_FOLDER = process.env['HELDOUT_BENCH_IMPORT'];

/** Seconds from the call until every header is read and every volume planned. */
async function timeScan(path: string): Promise<number> {
  warmImportPool();
  await delay(300);
  const start = performance.now();
  const pool = openImportPool();
  const found = await findImages(
    [path],
    ({ image }) => ({ key: image.context.patient.id, isChosen: false }),
    pool,
    quietContext(),
  );
  const seconds = (performance.now() - start) / 1000;
  if (!GIVEN_FOLDER && found.leftOut.some(({ image }) => image)) throw new Error('images were left out');
  await pool.close();
  return seconds;
}

/** What the program before has written, and not waited for, must not be on this one's account. */
function waitForDisk(): void {
  spawnSync('sync');
}

/** Seconds that one import into a fresh project takes, from the call to the registered scans on disk. */
async function timeImport(workplace: Workplace, path: string): Promise<{ seconds: number; scans: number }> {
  const name = `import-${(outputs += 1)}`;
  const project = await workplace.create(name);
  try {
    waitForDisk();
    // As the app does when its window is shown: what is measured is the time from the drop to the report.
    prepareImport();
    await delay(300);
    const start = performance.now();
    const { scans, leftOut } = await importPaths(project, { paths: [path] }, quietContext());
    const seconds = (performance.now() - start) / 1000;
    if (!GIVEN_FOLDER && leftOut.some(({ image }) => image))
      throw new Error(`images were left out: ${JSON.stringify(leftOut.slice(0, 3))}`);
    return { seconds, scans };
  } finally {
    await project.close();
  }
}

/** Seconds that dcm2niix takes for a folder, or null where it is not installed. */
async function timeDcm2niix(workplace: Workplace, folder: string): Promise<number | null> {
  const out = join(workplace.root, `nifti-${(outputs += 1)}`);
  await mkdir(out);
  waitForDisk();
  const start = performance.now();
  const { error, status } = spawnSync(
    DCM2NIIX,
    ['-z', 'n', '-b', 'n', '-f', '%i_%s_%p_%j', '-o', out, folder],
    { maxBuffer: 1e9 },
  );
  const seconds = (performance.now() - start) / 1000;
  if (error !== undefined) return null;
  if (status !== 0) throw new Error(`dcm2niix ended with ${String(status)}`);
  return seconds;
}

/** The most memory (MB) that a process of its own takes to import a folder. */
function memoryOf(folder: string): number {
  const { stdout, status } = spawnSync(
    process.execPath,
    [fileURLToPath(import.meta.url), '--folder', folder],
    {
      env: { ...process.env, HELDOUT_BENCH_IMPORT: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`the import ended with ${String(status)}`);
  return Number(stdout.trim());
}

/** Median seconds of header scans, imports and, in turn with them, dcm2niix's conversions of one folder. */
async function measureFolder(workplace: Workplace, folder: string, files: number) {
  const scans: number[] = [];
  const imports: number[] = [];
  const others: number[] = [];
  let volumes = 0;
  for (let repeat = 0; repeat < numberArgument('repeats', 3); repeat += 1) {
    scans.push(await timeScan(folder));
    const own = await timeImport(workplace, folder);
    imports.push(own.seconds);
    volumes = own.scans;
    const other = await timeDcm2niix(workplace, folder);
    if (other !== null) others.push(other);
  }
  const filesPerSecond = files / median(imports);
  const dcm2niixFilesPerSecond = others.length === 0 ? null : files / median(others);
  return {
    ...{ files, volumes, filesPerSecond, dcm2niixFilesPerSecond },
    scanFilesPerSecond: files / median(scans),
    ratio: dcm2niixFilesPerSecond === null ? null : filesPerSecond / dcm2niixFilesPerSecond,
    seconds: { scans, imports, dcm2niix: others },
  };
}

async function filesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

/** Prints the figures and whether they pass. */
function say(
  figures: Awaited<ReturnType<typeof measureFolder>>,
  memory: readonly { readonly files: number; readonly mb: number }[],
  more: Readonly<Record<string, number>>,
): void {
  const { ratio, scanFilesPerSecond } = figures;
  if (ratio === null) console.error('dcm2niix is not installed: no ratio.');
  const passed =
    scanFilesPerSecond >= BARS.scanFilesPerSecond &&
    (ratio === null || ratio >= BARS.ratio) &&
    memory.every(({ mb }) => mb <= BARS.memoryMb);
  console.log(
    JSON.stringify({
      name: 'import',
      cores: availableParallelism(),
      bars: BARS,
      passed,
      ...figures,
      memory,
      ...more,
    }),
  );
  if (!passed) process.exitCode = 1;
}

async function measure(workplace: Workplace): Promise<void> {
  if (GIVEN_FOLDER) {
    const files = await filesBelow(FOLDER);
    const figures = await measureFolder(workplace, FOLDER, files);
    say(figures, [{ files, mb: memoryOf(FOLDER) }], {});
    return;
  }
  const copies = Math.ceil(numberArgument('files', 10_000) / SAMPLE_DICOM_FILES);
  const more = Math.ceil(numberArgument('memory-files', 40_000) / SAMPLE_DICOM_FILES);
  const unpacked = join(workplace.root, 'sample');
  await unpackSample(unpacked);
  const many = join(workplace.root, 'many');
  const files = await multiplySample(many, copies);
  const figures = await measureFolder(workplace, many, files);
  const small = await timeImport(workplace, unpacked);
  const zip = await timeImport(workplace, shippedSample());
  const memory = [{ files, mb: memoryOf(many) }];
  if (more > copies) {
    await rm(many, { recursive: true });
    memory.push({ files: await multiplySample(many, more), mb: memoryOf(many) });
  }
  say(figures, memory, { sampleFolderSeconds: small.seconds, sampleZipSeconds: zip.seconds });
}

const workplace = await temporaryWorkplace();
try {
  if (CHILD_FOLDER === undefined) await measure(workplace);
  else {
    await timeImport(workplace, CHILD_FOLDER);
    console.log((process.resourceUsage().maxRSS / 1024).toFixed(0));
  }
} finally {
  await workplace.remove();
}
