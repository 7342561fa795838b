import type { ElementFields } from './element-fields';
import { numbersOf } from './element-values';
import type { FrameFacts } from './frame-facts';
import type { FrameGroups } from './functional-groups';

/** Stack, place in the stack, and position: dimensions that say where a frame lies. */
const PLACES = new Set(['x00209056', 'x00209057', 'x00200032', 'x00201041']);

/**
 * Where frames of one place differ in nothing but their Dimension Index Values (0020,9157), as labelled and control
 * images of a perfusion series do, their temporal position becomes the 1-based rank of the indices that are no place.
 * Otherwise the frames are returned as they are.
 */
export function withTimesByDimension(
  fields: ElementFields,
  groups: readonly FrameGroups[],
  frames: readonly FrameFacts[],
): FrameFacts[] {
  if (new Set(frames.map(keyOf)).size === frames.length) return [...frames];
  const dimensions = fields.items('x00209222').map((item) => tagIn(item, 'x00209165'));
  const indices = groups.map(({ group }) => {
    const content = group('x00209111');
    const values = content === null ? [] : numbersOf(content, 'x00209157', 'UL');
    return values.filter((_, n) => !PLACES.has(dimensions[n] ?? ''));
  });
  const distinct = new Map(indices.map((values) => [values.join(' '), values]));
  const ranks = new Map(
    [...distinct.values()].toSorted(compare).map((values, rank) => [values.join(' '), rank]),
  );
  const ranked = frames.map((frame, n) => ({
    ...frame,
    temporalPosition: (ranks.get((indices[n] ?? []).join(' ')) ?? 0) + 1,
  }));
  return new Set(ranked.map(keyOf)).size > new Set(frames.map(keyOf)).size ? ranked : [...frames];
}

/** All that tells frames of a series apart. */
function keyOf(frame: FrameFacts): string {
  const { position, orientation, imageType, complexPart, echoTime, inversionTime, flipAngle } = frame;
  const { bValue, gradient, temporalPosition, triggerTime, acquisitionNumber } = frame;
  return JSON.stringify([
    [position, orientation, imageType, complexPart, echoTime, inversionTime, flipAngle],
    [bValue, gradient, temporalPosition, triggerTime, acquisitionNumber],
  ]);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, n) => value !== b[n]);
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? 0);
}

/** The value of an attribute tag element (AT), written as tags are; null when it is absent. */
function tagIn(fields: ElementFields, tag: string): string | null {
  const [group, element] = [fields.short(tag, 0), fields.short(tag, 1)];
  if (group === null || element === null) return null;
  return `x${group.toString(16).padStart(4, '0')}${element.toString(16).padStart(4, '0')}`;
}
