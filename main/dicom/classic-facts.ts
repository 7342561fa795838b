import { complexPartOf } from './complex-part';
import type { ElementFields } from './element-fields';
import { diffusionOf } from './diffusion';
import type { FrameFacts } from './frame-facts';
import { orientationOf, pixelSpacingOf, sliceThicknessOf } from './image-plane';

/** What a data set says about its only image in its own (top-level) elements. */
export function classicFacts(fields: ElementFields): FrameFacts {
  return {
    frame: 0,
    tile: null,
    rows: fields.short('x00280010') ?? 0,
    columns: fields.short('x00280011') ?? 0,
    position: fields.vector('x00200032'),
    orientation: orientationOf(fields),
    pixelSpacing: pixelSpacingOf(fields),
    sliceThickness: sliceThicknessOf(fields),
    instanceNumber: fields.number('x00200013'),
    temporalPosition: fields.number('x00200100'),
    triggerTime: fields.number('x00181060'),
    acquisitionNumber: fields.number('x00200012'),
    acquisitionTime: fields.timeOfDay('x00080032'),
    contentTime: fields.timeOfDay('x00080033'),
    echoTime: fields.number('x00180081'),
    inversionTime: fields.number('x00180082'),
    flipAngle: fields.number('x00181314'),
    ...diffusionOf(fields),
    imageType: fields.code('x00080008'),
    complexPart: complexPartOf(fields),
    ...rescaleOf(fields),
    window: windowOf(fields),
  };
}

/** Rescale slope (0028,1053) and intercept (0028,1052); 1 and 0 where the data set has none. */
export function rescaleOf(fields: ElementFields): { readonly slope: number; readonly intercept: number } {
  const slope = fields.number('x00281053') ?? 1;
  return { slope: slope === 0 ? 1 : slope, intercept: fields.number('x00281052') ?? 0 };
}

/** The first display window (0028,1050), (0028,1051); null when the data set has none. */
export function windowOf(fields: ElementFields): FrameFacts['window'] {
  const centre = fields.number('x00281050');
  const width = fields.number('x00281051');
  return centre === null || width === null ? null : { centre, width };
}
