import { classicFacts, rescaleOf, windowOf } from './classic-facts';
import { complexPartOf, partOfImageType } from './complex-part';
import type { ElementFields } from './element-fields';
import { diffusionOf, publicDiffusion, type Diffusion } from './diffusion';
import { numberOf } from './element-values';
import type { FrameFacts } from './frame-facts';
import { withTimesByDimension } from './frame-dimensions';
import { functionalGroups, hasFunctionalGroups, type FrameGroups } from './functional-groups';
import { orientationOf, pixelSpacingOf, sliceThicknessOf } from './image-plane';
import { frameTimes, vectorFrames } from './vector-frames';

const PLANE_POSITION = 'x00209113';
const PLANE_ORIENTATION = 'x00209116';
const PIXEL_MEASURES = 'x00289110';
const FRAME_CONTENT = 'x00209111';
const TEMPORAL_POSITION = 'x00209310';
const CARDIAC = 'x00189118';
const MR_ECHO = 'x00189114';
const MR_TIMING = 'x00189112';
const MR_MODIFIER = 'x00189115';
const MR_DIFFUSION = 'x00189117';
const PIXEL_VALUES = 'x00289145';
const REAL_WORLD_VALUES = 'x00409096';
const FRAME_VOI_LUT = 'x00289132';
/** MR, CT, PET, XA/XRF, MR spectroscopy: the sequences that hold a frame's type. */
const FRAME_TYPES = ['x00189226', 'x00189329', 'x00189751', 'x00189412', 'x00189227'];

/**
 * What a multi-frame file says about each of its frames, in stored order. Enhanced objects (also legacy-converted ones)
 * say it in functional groups; classic ones (nuclear medicine, secondary capture, ultrasound, angiography) in vectors.
 * Groups that are missing leave null; frames that only a dimension index tells apart get a temporal position from it.
 *
 * @throws HeldoutError ('input') when the header describes another number of frames than it names
 */
export function enhancedFrames(fields: ElementFields): FrameFacts[] {
  if (!hasFunctionalGroups(fields)) return vectorFrames(fields);
  const groups = functionalGroups(fields);
  const root = classicFacts(fields);
  const frames = groups.map((frame, index) => factsOf(fields, root, frame, index));
  return frames.some(({ position }) => position !== null)
    ? withTimesByDimension(fields, groups, frames)
    : inSequence(fields, frames);
}

/** Frames that lie nowhere (enhanced angiography) follow each other in time. */
function inSequence(fields: ElementFields, frames: readonly FrameFacts[]): FrameFacts[] {
  const times = frameTimes(fields, frames.length);
  return frames.map((frame, n) => ({
    ...frame,
    temporalPosition: n,
    triggerTime: frame.triggerTime ?? times?.[n] ?? null,
  }));
}

function factsOf(
  fields: ElementFields,
  root: FrameFacts,
  { group, classic }: FrameGroups,
  frame: number,
): FrameFacts {
  const inGroup = <T>(sequence: string, read: (item: ElementFields) => T | null): T | null => {
    const item = group(sequence);
    return item === null ? null : read(item);
  };
  const double = (sequence: string, tag: string) => inGroup(sequence, (item) => numberOf(item, tag, 'FD'));
  const kept = (tag: string) => firstOf(classic, (source) => numberOf(source, tag, 'DS'));
  const type = firstOf(FRAME_TYPES, (sequence) => group(sequence));
  const imageType =
    (type?.code('x00089007') ?? '') || (firstOf(classic, (source) => source.code('x00080008') || null) ?? '');
  const content = group(FRAME_CONTENT);
  const seconds = double(TEMPORAL_POSITION, 'x0020930d');
  return {
    frame,
    tile: null,
    rows: root.rows,
    columns: root.columns,
    position: inGroup(PLANE_POSITION, (item) => item.vector('x00200032')),
    orientation: inGroup(PLANE_ORIENTATION, orientationOf),
    pixelSpacing: inGroup(PIXEL_MEASURES, pixelSpacingOf),
    sliceThickness: inGroup(PIXEL_MEASURES, sliceThicknessOf) ?? firstOf(classic, sliceThicknessOf),
    instanceNumber: kept('x00200013'),
    temporalPosition: (content === null ? null : numberOf(content, 'x00209128', 'UL')) ?? kept('x00200100'),
    triggerTime:
      double(CARDIAC, 'x00209153') ??
      double(CARDIAC, 'x00209252') ??
      kept('x00181060') ??
      (seconds === null ? null : seconds * 1000),
    acquisitionNumber: (content === null ? null : numberOf(content, 'x00209156', 'US')) ?? kept('x00200012'),
    acquisitionTime:
      timeOfDateTime(content?.code('x00189074') ?? '') ??
      firstOf(classic, (source) => source.timeOfDay('x00080032')),
    contentTime: firstOf(classic, (source) => source.timeOfDay('x00080033')),
    echoTime: double(MR_ECHO, 'x00189082') ?? kept('x00180081'),
    inversionTime: double(MR_MODIFIER, 'x00189079') ?? kept('x00180082'),
    flipAngle: inGroup(MR_TIMING, (item) => numberOf(item, 'x00181314', 'DS')) ?? kept('x00181314'),
    ...diffusionOfFrame(group(MR_DIFFUSION), classic),
    imageType,
    complexPart:
      (type === null ? null : complexPartOf(type)) ??
      (fields.code('x00080060') === 'MR' ? partOfImageType(imageType) : null) ??
      root.complexPart,
    ...rescaleOfFrame(fields, group),
    window: inGroup(FRAME_VOI_LUT, windowOf) ?? root.window,
  };
}

function firstOf<S, T>(sources: readonly S[], read: (source: S) => T | null): T | null {
  for (const source of sources) {
    const value = read(source);
    if (value !== null) return value;
  }
  return null;
}

function diffusionOfFrame(group: ElementFields | null, classic: readonly ElementFields[]): Diffusion {
  const found = group === null ? null : publicDiffusion(group);
  if (found !== null && found.bValue !== null) return found;
  const other = firstOf(classic, (source) => {
    const diffusion = diffusionOf(source);
    return diffusion.bValue === null ? null : diffusion;
  });
  return other ?? { bValue: null, gradient: null };
}

/** Philips writes the same values once more as real-world values, and older releases only there. */
function rescaleOfFrame(fields: ElementFields, group: FrameGroups['group']) {
  const values = group(PIXEL_VALUES);
  if (values !== null) return rescaleOf(values);
  const mapped = /philips/iu.test(fields.text('x00080070')) ? group(REAL_WORLD_VALUES) : null;
  const slope = mapped === null ? null : numberOf(mapped, 'x00409225', 'FD');
  if (mapped === null || slope === null || slope === 0) return rescaleOf(fields);
  return { slope, intercept: numberOf(mapped, 'x00409224', 'FD') ?? 0 };
}

/** Milliseconds of the day of a DT value (YYYYMMDDHHMMSS.ffffff); null when it names no time. */
function timeOfDateTime(value: string): number | null {
  const match = /^\d{8}(\d\d)(\d\d)?(\d\d(?:\.\d+)?)?/u.exec(value);
  if (match === null) return null;
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return (hours * 3600 + minutes * 60 + seconds) * 1000;
}
