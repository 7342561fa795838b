import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConvertDocument } from '#src/contracts/documents/convert';
import { flipLpsRas } from '#src/imaging/geometry';
import { eachVolume, type LoadedVolume } from '#main/dicom/load-volumes';
import type { JobContext } from '#main/jobs/context';
import { writeNifti } from '#main/nifti/write-nifti';

/**
 * Converts DICOM (and NIfTI) below `paths` to one 3-D `.nii.gz` per volume in `out`, without a project. File names hold
 * the series' number and description and the phase, never who it is.
 *
 * @throws HeldoutError `input` for a path that does not exist, `resource` when the disk is full, `cancelled`
 */
export async function convertPaths(
  request: { readonly paths: readonly string[]; readonly out: string },
  context: JobContext,
): Promise<ConvertDocument> {
  const volumes: ConvertDocument['volumes'] = [];
  const leftOut: ConvertDocument['leftOut'] = [];
  const taken = new Set<string>();
  await mkdir(request.out, { recursive: true });
  for await (const item of eachVolume(request.paths, context)) {
    if ('leftOut' in item) {
      leftOut.push(item.leftOut);
      continue;
    }
    const { volume, seriesInstanceUid, description, phase, warnings } = item.volume;
    const file = freeName(nameOf(item.volume), taken);
    await writeNifti(join(request.out, file), volume);
    const affine = flipLpsRas(volume.geometry.affine);
    volumes.push({
      file,
      seriesInstanceUID: seriesInstanceUid,
      description,
      phase,
      shape: [...volume.geometry.dims],
      affine: [0, 4, 8, 12].map((row) => affine.slice(row, row + 4)),
      warnings: [...warnings],
    });
  }
  return { schema: 'heldout.convert/1', volumes, leftOut };
}

function nameOf(volume: LoadedVolume): string {
  const series =
    volume.format === 'nifti'
      ? (volume.sourcePath.split('/').at(-1) ?? '').replace(/\.nii(\.gz)?$/iu, '')
      : [volume.seriesNumber === null ? 'series' : `series-${volume.seriesNumber}`, volume.description].join(
          '_',
        );
  const phase = volume.phase === null ? '' : `_phase-${String(volume.phase).padStart(2, '0')}`;
  return `${safe(series)}${phase}`;
}

/** Letters, digits, dots, hyphens and underscores only: good on every file system. */
function safe(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/gu, '-')
    .replace(/^[-.]+|[-._]+$/gu, '')
    .slice(0, 120);
}

function freeName(name: string, taken: Set<string>): string {
  for (let copy = 1; ; copy++) {
    const file = `${name}${copy === 1 ? '' : `_${copy}`}.nii.gz`;
    if (taken.has(file.toLowerCase())) continue;
    taken.add(file.toLowerCase());
    return file;
  }
}
