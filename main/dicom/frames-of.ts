import type { DicomFields } from './dicom-fields';
import { classicFacts } from './classic-facts';
import { enhancedFrames } from './enhanced-frames';
import type { FrameFacts } from './frame-facts';
import { hasFunctionalGroups } from './functional-groups';
import { isMosaic, mosaicFrames } from './siemens-mosaic';
import { isUihGrid, uihGridFrames } from './uih-grid';

/**
 * What an image file says about each of its slices, in stored order: the one of a classic file, the frames of a
 * multi-frame one, the tiles of a mosaic.
 *
 * @throws HeldoutError ('input') when the header contradicts itself or lacks what the slices' places follow from
 */
export function framesOf(fields: DicomFields): FrameFacts[] {
  const rows = fields.short('x00280010') ?? 0;
  const columns = fields.short('x00280011') ?? 0;
  if (isMosaic(fields)) return mosaicFrames(fields, rows, columns);
  if (isUihGrid(fields)) return uihGridFrames(fields, rows, columns);
  const isMultiFrame = hasFunctionalGroups(fields) || (fields.number('x00280008') ?? 1) > 1;
  return isMultiFrame ? enhancedFrames(fields) : [classicFacts(fields)];
}
