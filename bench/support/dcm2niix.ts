import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that dcm2niix wrote: a 3-D volume, or several of one grid. */
export interface WrittenFile {
  readonly file: string;
  readonly path: string;
  /** '' where the headers named none. */
  readonly seriesUid: string;
  readonly seriesNumber: string;
}

/** What dcm2niix made of a folder; `version` is its first line, `warnings` what it complained about. */
export interface Dcm2niixRun {
  readonly files: readonly WrittenFile[];
  readonly version: string;
  readonly warnings: readonly string[];
}

const DCM2NIIX = process.env['DCM2NIIX'] ?? 'dcm2niix';
/** Resampled copies and masks beside a volume; they have no sidecar of their own. */
const ADDED = /(_Tilt|_Eq|_ROI|_ADC)+_?\d*$/u;
/** Philips values by RescaleSlope, no crops and rotations, nothing made anonymous, files below ten folders. */
const FLAGS = ['-z', 'n', '-b', 'y', '-ba', 'n', '-p', 'n', '-x', 'i', '-d', '9', '-w', '2', '-f', '%s'];

/**
 * Converts a folder with dcm2niix ($DCM2NIIX, or the one in the path).
 *
 * @throws Error when it is not installed or was killed; files that it cannot read are no error
 */
export async function runDcm2niix(folder: string, out: string): Promise<Dcm2niixRun> {
  await mkdir(out, { recursive: true });
  const { error, signal, stdout } = spawnSync(DCM2NIIX, [...FLAGS, '-o', out, folder], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined) throw new Error(`${DCM2NIIX} cannot be run: set DCM2NIIX`, { cause: error });
  if (signal !== null) throw new Error(`${DCM2NIIX} was ended by ${signal}`);
  const all = (await readdir(out)).filter((name) => name.endsWith('.nii')).toSorted();
  // Beside a diffusion series without its trace images there is the whole one.
  const names = all.filter((name) => !all.includes(name.replace(/\.nii$/u, '_ADC.nii')));
  const lines = stdout.split('\n');
  return {
    files: await Promise.all(names.map((name) => describeFile(out, name))),
    version: lines.find((line) => line.includes('version')) ?? '',
    warnings: [...new Set(lines.filter((line) => /^(Warning|Error|Unsupported)/u.test(line)))],
  };
}

async function describeFile(out: string, file: string): Promise<WrittenFile> {
  const stem = file.replace(/\.nii$/u, '');
  const sidecar = [stem, stem.replace(ADDED, '')]
    .map((name) => join(out, `${name}.json`))
    .find((path) => existsSync(path));
  const fields = sidecar === undefined ? {} : sidecarFields(await readFile(sidecar, 'utf8'));
  return { file, path: join(out, file), seriesUid: '', seriesNumber: '', ...fields };
}

/** By pattern: the sidecars of damaged headers are no valid JSON. */
function sidecarFields(text: string): { seriesUid: string; seriesNumber: string } {
  return {
    seriesUid: /"SeriesInstanceUID": "([^"]*)"/u.exec(text)?.[1] ?? '',
    seriesNumber: /"SeriesNumber": (\d+)/u.exec(text)?.[1] ?? '',
  };
}
