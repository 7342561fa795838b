import { HeldoutError } from '#src/contracts/failure';
import type { ElementFields } from './element-fields';
import { privateTag } from './element-values';

/** The functional groups of one frame of an enhanced multi-frame object (PS3.3 C.7.6.16). */
export interface FrameGroups {
  /** The item of a macro's sequence: the frame's own, else the one that all frames share; null when there is neither. */
  group(sequence: string): ElementFields | null;
  /**
   * Data sets to look classic elements up in, nearest first: Philips' copy of the classic header (2005,xx0F), what a
   * legacy conversion kept (0020,9170), (0020,9171), and the file's own.
   */
  readonly classic: readonly ElementFields[];
}

const SHARED = 'x52009229';
const PER_FRAME = 'x52009230';

/** Whether a file describes its frames in functional groups. */
export function hasFunctionalGroups(fields: ElementFields): boolean {
  return fields.has(SHARED) || fields.has(PER_FRAME);
}

/**
 * The functional groups of each frame, in stored order.
 *
 * @throws HeldoutError ('input') when the file describes another number of frames than it names
 */
export function functionalGroups(fields: ElementFields): FrameGroups[] {
  const [shared = null] = fields.items(SHARED);
  const perFrame = fields.items(PER_FRAME);
  const named = fields.number('x00280008') ?? Math.max(1, perFrame.length);
  const isDescribed = fields.has(PER_FRAME);
  if (isDescribed && perFrame.length !== named)
    throw new HeldoutError(
      'input',
      `It is damaged: its header names ${named} frames but describes ${perFrame.length}. Export the series again.`,
    );
  return (isDescribed ? perFrame : Array.from({ length: named }, () => null)).map((own) => {
    const group = (sequence: string) => {
      for (const groups of [own, shared]) {
        const [item] = groups === null ? [] : groups.items(sequence);
        if (item !== undefined) return item;
      }
      return null;
    };
    const kept = [philipsCopy(own), group('x00209171'), group('x00209170')];
    return { group, classic: [...kept.filter((item) => item !== null), fields] };
  });
}

function philipsCopy(frame: ElementFields | null): ElementFields | null {
  const tag = frame === null ? null : privateTag(frame, '2005', 'Philips MR Imaging DD 005', '0f');
  return frame === null || tag === null ? null : (frame.items(tag)[0] ?? null);
}
