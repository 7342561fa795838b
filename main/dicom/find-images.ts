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
  /** DICOM segmentations and structure sets: masks and contours, read once their scan is known. */
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
  let imageFiles = 0;
  for await (const { source, finding } of examineSources(list.sources, pool, context)) {
    if (finding.kind === 'left out') {
      leftOut.push({ path: source.path, reason: finding.reason, image: finding.image });
      continue;
    }
    if (finding.kind === 'segmentation' || finding.kind === 'structure set') {
      maskObjects.push(source);
      continue;
    }
    imageFiles += 1;
    if (finding.kind === 'dicom')
      for (const frame of finding.frames) slices.push({ ...frame, source, image: finding.image });
    else nifti.push(source);
  }
  const dicom = await planVolumes(slices, patientOf, pool);
  return { dicom, nifti, maskObjects, leftOut, imageFiles };
}
