import type { LeftOut } from '#src/contracts/documents/import';
import type { JobContext } from '#main/jobs/context';
import type { SourceSlice } from './assemble-volume';
import { examineSources } from './examine-sources';
import type { ImportPool } from './import-pool';
import { listSources } from './list-sources';
import { planVolumes, type DicomPlan, type PatientOf } from './plan-volumes';
import type { SourceFile } from './source-file';

/** Everything below some paths, sorted into what it is. Nothing but headers has been read. */
export interface FoundImages {
  readonly dicom: DicomPlan;
  readonly nifti: readonly SourceFile[];
  /** DICOM segmentations and structure sets. */
  readonly maskObjects: readonly SourceFile[];
  readonly leftOut: readonly LeftOut[];
  /** DICOM and NIfTI files that were recognised as images. */
  readonly imageFiles: number;
}

/**
 * Finds the images below `paths` by their content and plans the volumes they form.
 *
 * @throws HeldoutError `input` for a path that does not exist
 */
export async function findImages(
  paths: readonly string[],
  patientOf: PatientOf,
  pool: ImportPool,
  context: JobContext,
): Promise<FoundImages> {
  const list = await listSources(paths, context);
  const leftOut: LeftOut[] = [...list.leftOut];
  const slices: SourceSlice[] = [];
  const nifti: SourceFile[] = [];
  const maskObjects: SourceFile[] = [];
  for (const { source, finding } of await examineSources(list.sources, pool, context)) {
    if (finding.kind === 'dicom') slices.push({ source, header: finding.header });
    else if (finding.kind === 'nifti') nifti.push(source);
    else if (finding.kind !== 'left out') maskObjects.push(source);
    else leftOut.push({ path: source.path, reason: finding.reason, image: finding.image });
  }
  const dicom = await planVolumes(slices, patientOf, pool);
  return { dicom, nifti, maskObjects, leftOut, imageFiles: slices.length + nifti.length };
}
