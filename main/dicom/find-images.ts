import type { LeftOut } from '#src/contracts/documents/import';
import type { JobContext } from '#main/jobs/context';
import { examineSources } from './examine-sources';
import type { ImportPool } from './import-pool';
import { UNDECIDED, type ImportChoices } from './import-questions';
import { listSources } from './list-sources';
import { planVolumes, type DicomPlan, type PatientOf } from './plan-volumes';
import type { SourceFile } from './source-file';
import { sliceMaker, type SourceSlice } from './source-slice';

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
 * @throws HeldoutError `input` for a path that does not exist, `usage` for an answer that its question does not offer
 */
export async function findImages(
  paths: readonly string[],
  patientOf: PatientOf,
  pool: ImportPool,
  context: JobContext,
  choices: ImportChoices = UNDECIDED,
): Promise<FoundImages> {
  const list = await listSources(paths, context);
  const leftOut: LeftOut[] = [...list.leftOut];
  const slices: SourceSlice[] = [];
  const nifti: SourceFile[] = [];
  const maskObjects: SourceFile[] = [];
  const sliceOf = sliceMaker();
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
      for (const frame of finding.frames) slices.push(sliceOf(frame, source, finding.image));
    else nifti.push(source);
  }
  const dicom = await planVolumes(slices, patientOf, pool, choices);
  return { dicom, nifti, maskObjects, leftOut, imageFiles };
}
