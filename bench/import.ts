/**
 * Files per second of importing DICOM into a fresh project, beside dcm2niix on the same files in the same run: the
 * shipped sample, and the sample's DICOM files as those of many patients, so that starting up does not decide. Prints
 * one line of JSON; ends with 1 when either goes slower than the bar.
 *
 *   node bench/run.mjs import [--copies 20] [--repeats 3]
 *
 * dcm2niix is taken from $DCM2NIIX or the path; without it the ratio is null. It writes uncompressed NIfTI without
 * JSON and does not wait for the disk, whereas an import is on the disk when it ends.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { quietContext } from '#main/jobs/context';
import { setTimeout as delay } from 'node:timers/promises';
import { importPaths, prepareImport } from '#main/operations/import';
import { shippedSample } from '#main/operations/sample';
import { median, numberArgument } from './support/numbers';
import { multiplySample, unpackSample } from './support/sample-files';
import { temporaryWorkplace, type Workplace } from './support/sample-project';

const BAR_FILES_PER_SECOND = 1000;
const DCM2NIIX = process.env['DCM2NIIX'] ?? 'dcm2niix';

/** What one set of files took. */
interface Figures {
  readonly files: number;
  readonly scans: number;
  readonly filesPerSecond: number;
  readonly seconds: readonly number[];
  readonly dcm2niixFilesPerSecond: number | null;
  /** Times as many files per second as dcm2niix. */
  readonly ratio: number | null;
}

/** Seconds that one import into a fresh project takes, from the call to the registered scans on disk. */
async function timeImport(workplace: Workplace, path: string): Promise<{ seconds: number; scans: number }> {
  const project = await workplace.create('import');
  try {
    // As the app does when its window is shown: what is measured is the time from the drop to the report.
    prepareImport();
    await delay(300);
    const start = performance.now();
    const { scans, leftOut } = await importPaths(project, { paths: [path] }, quietContext());
    const seconds = (performance.now() - start) / 1000;
    if (leftOut.some(({ image }) => image))
      throw new Error(`images were left out: ${JSON.stringify(leftOut)}`);
    return { seconds, scans };
  } finally {
    await project.close();
    await rm(workplace.folder('import'), { recursive: true });
  }
}

/** Seconds that dcm2niix takes for a folder, or null where it is not installed. */
async function timeDcm2niix(workplace: Workplace, folder: string): Promise<number | null> {
  const out = join(workplace.root, 'nifti');
  await mkdir(out);
  const start = performance.now();
  const { error, status } = spawnSync(DCM2NIIX, [
    '-z',
    'n',
    '-b',
    'n',
    '-f',
    '%i_%s_%p_%j',
    '-o',
    out,
    folder,
  ]);
  const seconds = (performance.now() - start) / 1000;
  await rm(out, { recursive: true });
  if (error !== undefined) return null;
  if (status !== 0) throw new Error(`dcm2niix ended with ${String(status)}`);
  return seconds;
}

/**
 * @param path what is imported
 * @param folder the same files for dcm2niix, which reads no zip archives
 * @param dicomFiles how many of them dcm2niix can read: it skips masks
 */
async function measure(
  workplace: Workplace,
  path: string,
  folder: string,
  [files, dicomFiles]: readonly [number, number],
  repeats: number,
): Promise<Figures> {
  const seconds: number[] = [];
  const others: number[] = [];
  let scans = 0;
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const own = await timeImport(workplace, path);
    seconds.push(own.seconds);
    scans = own.scans;
    const other = await timeDcm2niix(workplace, folder);
    if (other !== null) others.push(other);
  }
  const filesPerSecond = files / median(seconds);
  const dcm2niixFilesPerSecond = others.length === 0 ? null : dicomFiles / median(others);
  const ratio = dcm2niixFilesPerSecond === null ? null : filesPerSecond / dcm2niixFilesPerSecond;
  return { files, scans, filesPerSecond, seconds, dcm2niixFilesPerSecond, ratio };
}

const repeats = numberArgument('repeats', 3);
const copies = numberArgument('copies', 20);
const workplace = await temporaryWorkplace();
try {
  const unpacked = join(workplace.root, 'sample');
  const files = await unpackSample(unpacked);
  const many = join(workplace.root, 'many');
  const manyFiles = await multiplySample(many, copies);
  const dicomFiles = manyFiles / copies;
  const zip = await measure(workplace, shippedSample(), unpacked, [files, dicomFiles], repeats);
  const sample = await measure(workplace, unpacked, unpacked, [files, dicomFiles], repeats);
  const large = await measure(workplace, many, many, [manyFiles, manyFiles], repeats);
  if (large.ratio === null) console.error('dcm2niix is not installed: no ratio.');
  const passed = [sample, large].every(({ filesPerSecond }) => filesPerSecond >= BAR_FILES_PER_SECOND);
  const cores = availableParallelism();
  console.log(
    JSON.stringify({ name: 'import', cores, bar: BAR_FILES_PER_SECOND, passed, zip, sample, large }),
  );
  if (!passed) process.exitCode = 1;
} finally {
  await workplace.remove();
}
