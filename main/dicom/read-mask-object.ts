import { createHash } from 'node:crypto';
import { HeldoutError } from '#src/contracts/failure';
import { DicomFields } from './dicom-fields';
import { maskFormOf, type MaskObject } from './mask-object';
import { parseDicom } from './parse-dicom';
import { readSegmentation } from './segmentation';
import { explainReadError, readSource, type SourceFile } from './source-file';
import { readStructureSet } from './structure-set';

/** A mask object read whole, or why it could not be. */
export type MaskObjectReading =
  | { readonly object: MaskObject; readonly sha256: string }
  | { readonly object: null; readonly reason: string };

/** Reads a DICOM segmentation or structure set. Never throws. */
export async function readMaskObject(source: SourceFile): Promise<MaskObjectReading> {
  try {
    const bytes = readSource(source);
    const parsed = parseDicom(bytes);
    const fields = parsed === null ? null : new DicomFields(parsed.dataSet);
    const form = fields === null ? null : maskFormOf(fields.code('x00080016'));
    if (parsed === null || fields === null || form === null)
      throw new HeldoutError('input', 'It is damaged: its header cannot be read.');
    const object =
      form === 'segmentation' ? await readSegmentation(parsed, fields) : readStructureSet(fields);
    return { object, sha256: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    const explained = explainReadError(error);
    const reason =
      explained instanceof HeldoutError ? explained.failure.sentence : 'It is damaged and cannot be read.';
    return { object: null, reason };
  }
}
