import type { ElementFields } from './element-fields';
import { classicFacts } from './classic-facts';
import { doseFrames, isDose } from './dose-frames';
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
export function framesOf(fields: ElementFields): FrameFacts[] {
  const rows = fields.short('x00280010') ?? 0;
  const columns = fields.short('x00280011') ?? 0;
  if (isDose(fields)) return doseFrames(fields);
  if (isMosaic(fields)) return mosaicFrames(fields, rows, columns);
  if (isUihGrid(fields)) return uihGridFrames(fields, rows, columns);
  const hasFrames = (fields.number('x00280008') ?? 1) > 1;
  // Some archives add the sequences to classic files, without what an image's place follows from.
  const isEnhanced = hasFunctionalGroups(fields) && !fields.has('x00200032');
  return hasFrames || isEnhanced ? enhancedFrames(fields) : [classicFacts(fields)];
}
