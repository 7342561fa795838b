import type { FrameFacts } from './frame-facts';
import type { DicomImage } from './header';
import type { SourceFile } from './source-file';

/** One slice, as found when the headers were read, and where its pixels are. */
export interface SourceSlice extends FrameFacts {
  readonly source: SourceFile;
  readonly image: DicomImage;
}

/**
 * Makes the slices of one import. An import holds one for every image that it finds, so they are kept small: all fields
 * are named, for copies of so many (`{ ...frame }`) would each have a shape of their own in memory, and what a slice says
 * like the one before it is the same object.
 */
export function sliceMaker(): (frame: FrameFacts, source: SourceFile, image: DicomImage) => SourceSlice {
  let last: FrameFacts | null = null;
  return (frame, source, image) => {
    const slice: SourceSlice = {
      source,
      image,
      frame: frame.frame,
      tile: frame.tile,
      rows: frame.rows,
      columns: frame.columns,
      position: frame.position,
      orientation: asBefore(frame.orientation, last?.orientation),
      pixelSpacing: asBefore(frame.pixelSpacing, last?.pixelSpacing),
      sliceThickness: frame.sliceThickness,
      instanceNumber: frame.instanceNumber,
      temporalPosition: frame.temporalPosition,
      triggerTime: frame.triggerTime,
      acquisitionNumber: frame.acquisitionNumber,
      acquisitionTime: frame.acquisitionTime,
      contentTime: frame.contentTime,
      echoTime: frame.echoTime,
      inversionTime: frame.inversionTime,
      flipAngle: frame.flipAngle,
      bValue: frame.bValue,
      imageType: frame.imageType === last?.imageType ? last.imageType : frame.imageType,
      gradient: frame.gradient,
      complexPart: frame.complexPart,
      slope: frame.slope,
      intercept: frame.intercept,
      window: asBefore(frame.window, last?.window),
    };
    last = slice;
    return slice;
  };
}

/** `before` where it says the same. */
function asBefore<T>(value: T, before: T | undefined): T {
  return before !== undefined && saysTheSame(value, before) ? before : value;
}

function saysTheSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [one, other] = [Object.values(a) as unknown[], Object.values(b) as unknown[]];
  return one.length === other.length && one.every((part, index) => saysTheSame(part, other[index]));
}
