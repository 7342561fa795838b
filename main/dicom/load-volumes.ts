import type { LeftOut } from '#src/contracts/documents/import';
import type { Volume } from '#src/imaging/volume';
import { throttled, throwIfCancelled, type JobContext } from '#main/jobs/context';
import { findImages } from './find-images';
import { openImportPool, type ImportPool } from './import-pool';
import type { ImportChoices } from './import-questions';
import { inOrder } from './in-order';
import type { PatientOf, PlannedVolume } from './plan-volumes';
import { readNiftiInPool } from './nifti-image';
import { asImage } from '#main/nifti/as-image';
import { readPlanned } from './read-planned';
import type { SourceFile } from './source-file';

/** A volume that was read from files, without a project. */
export interface LoadedVolume {
  readonly volume: Volume;
  readonly format: 'dicom' | 'nifti';
  /** Relative to the path given: the NIfTI file, or the folder that the DICOM files share. */
  readonly sourcePath: string;
  /** PatientID of DICOM files (an identity: never log or print it); '' for NIfTI. */
  readonly patientKey: string;
  readonly seriesInstanceUid: string | null;
  readonly seriesNumber: number | null;
  readonly description: string;
  /** 0-based time position, null for an image without phases. */
  readonly phase: number | null;
  readonly window: readonly [number, number];
  readonly warnings: readonly string[];
}

export type LoadedItem = { readonly volume: LoadedVolume } | { readonly leftOut: LeftOut };

/** Without a project nobody is asked: what lies in series of its own becomes files of its own. */
const AS_FILED: ImportChoices = { answers: {}, defaults: { 'one-series-per-slice': 'apart' } };

/**
 * Reads every volume below `paths` (DICOM, zip, NIfTI), one after the other in the order of their paths: memory holds a
 * few volumes at a time, however many there are.
 *
 * @throws HeldoutError `input` for a path that does not exist, `cancelled`
 */
export async function* eachVolume(
  paths: readonly string[],
  context: JobContext,
): AsyncGenerator<LoadedItem, void> {
  const progress = throttled(context);
  const pool = openImportPool();
  try {
    const byHeader: PatientOf = ({ image }) => ({ key: image.context.patient.id, isChosen: false });
    const found = await findImages(paths, byHeader, pool, progress, AS_FILED);
    for (const leftOut of [...found.leftOut, ...found.dicom.leftOut]) yield { leftOut };
    for (const { path } of found.maskObjects)
      yield {
        leftOut: { path, reason: 'It is a mask, not an image: import it into a project.', image: true },
      };
    const total = found.dicom.volumes.length + found.nifti.length;
    let done = 0;
    const report = () => {
      progress.report({ done: ++done, total, unit: 'volumes', message: 'Reading volumes' });
      throwIfCancelled(context);
    };
    for await (const items of inOrder(found.dicom.volumes, pool.size + 1, (planned) =>
      loadDicom(planned, pool),
    )) {
      report();
      yield* items;
    }
    for await (const items of inOrder(found.nifti, pool.size + 1, (source) => loadNifti(source, pool))) {
      report();
      yield* items;
    }
  } finally {
    await pool.close();
  }
}

async function loadDicom(planned: PlannedVolume, pool: ImportPool): Promise<LoadedItem[]> {
  const { volumes, leftOut } = await readPlanned(planned, (plan) => pool.run('assemble', plan));
  return [
    ...leftOut.map((entry) => ({ leftOut: entry })),
    ...volumes.map(({ planned: part, read }) => ({
      volume: {
        volume: read.volume,
        format: 'dicom' as const,
        sourcePath: part.sourcePath,
        patientKey: part.patientKey,
        seriesInstanceUid: part.image.context.series.uid,
        seriesNumber: part.image.context.series.number,
        description: part.description,
        phase: part.phase,
        window: read.window,
        warnings: part.warnings,
      },
    })),
  ];
}

async function loadNifti(source: SourceFile, pool: ImportPool): Promise<LoadedItem[]> {
  const reading = await readNiftiInPool(source, pool);
  if (reading.image === null)
    return [{ leftOut: { path: source.path, reason: reading.reason, image: true } }];
  const { volumes, description } = reading.image;
  return volumes.map((stored, phase) => {
    const { volume, warnings } = asImage(stored);
    return {
      volume: {
        volume,
        format: 'nifti' as const,
        sourcePath: source.path,
        patientKey: '',
        seriesInstanceUid: null,
        seriesNumber: null,
        description,
        phase: volumes.length > 1 ? phase : null,
        window: reading.windows[phase] ?? [0, 1],
        warnings,
      },
    };
  });
}
