import { createHash } from 'node:crypto';
import type { PlannedVolume } from '#main/dicom/plan-volumes';
import type { SourceFile } from '#main/dicom/source-file';

/** What identifies an unchanged file without reading it: place, size, time of change. */
function fileKey({ file, size, modified, entry }: SourceFile): string {
  return JSON.stringify([file, size, modified, entry?.headerOffset ?? null, entry?.crc32 ?? null]);
}

/** Key of a DICOM volume: the same unchanged files, for the same patient, give the same one. */
export function volumeKey({ plan, patientKey, phase, description }: PlannedVolume): string {
  const files = plan.slices.map((slice) => (slice === null ? '' : fileKey(slice.source)));
  const print = createHash('sha256').update(JSON.stringify(files.toSorted())).digest('hex');
  return JSON.stringify(['dicom', patientKey, phase, description, print]);
}

/** Key of one time point of a NIfTI image. */
export function niftiKey(source: SourceFile, patientKey: string, index: number): string {
  return JSON.stringify(['nifti', patientKey, index, fileKey(source)]);
}

export function maskKey(source: SourceFile): string {
  return JSON.stringify(['mask', fileKey(source)]);
}

/** Key of a mask by its content, for the scan that it was given to: a moved copy of the file is the same mask. */
export function maskContentKey(sha256: string, scan: string): string {
  return JSON.stringify(['mask content', sha256, scan]);
}
