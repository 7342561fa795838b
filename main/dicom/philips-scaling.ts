import { rescaleOf } from './classic-facts';
import type { ElementFields } from './element-fields';
import { numberOf, privateTag } from './element-values';
import { functionalGroups, hasFunctionalGroups } from './functional-groups';

/**
 * How the values of a Philips file are scaled, as a sentence for the person; null for other files and for Philips
 * files without a scaling of their own. Values are always the displayed ones (rescale slope and intercept), never those
 * of the private scale slope (2005,xx0E), which differ from them by a factor.
 *
 * @throws HeldoutError ('input') when an enhanced file describes another number of frames than it names
 */
export function philipsScaling(fields: ElementFields): string | null {
  if (!/philips/iu.test(fields.text('x00080070'))) return null;
  const frames = hasFunctionalGroups(fields)
    ? functionalGroups(fields).map(({ group, classic }) => {
        const values = group('x00289145') ?? fields;
        return { values, holders: classic, mapped: group('x00409096') };
      })
    : [{ values: fields, holders: [fields], mapped: fields.items('x00409096')[0] ?? null }];
  const scales = frames.flatMap(({ holders }) => firstScale(holders) ?? []);
  const mappings = frames.flatMap(({ mapped }) => {
    const slope = mapped === null ? null : numberOf(mapped, 'x00409225', 'FD');
    return slope === null ? [] : [slope];
  });
  if (scales.length === 0 && mappings.length === 0) return null;
  const slopes = frames.map(({ values }) => rescaleOf(values).slope);
  const others = [
    ...(scales.length === 0 ? [] : [`private scale slope (2005,100E) ${range(scales)}`]),
    ...(mappings.length === 0 || range(mappings) === range(slopes)
      ? []
      : [`real-world value slope ${range(mappings)}`]),
  ];
  return (
    `Philips scaling: the values are the displayed ones (rescale slope ${range(slopes)})` +
    (others.length === 0
      ? '.'
      : `; the ${others.join(' and the ')} ${others.length > 1 ? 'are' : 'is'} not applied.`)
  );
}

function firstScale(holders: readonly ElementFields[]): number | null {
  for (const holder of holders) {
    const tag = privateTag(holder, '2005', 'Philips MR Imaging DD 001', '0e');
    const scale = tag === null ? null : numberOf(holder, tag, 'FL');
    if (scale !== null) return scale;
  }
  return null;
}

function range(values: readonly number[]): string {
  const rounded = (value: number) => Number(value.toPrecision(6));
  const low = rounded(values.reduce((least, value) => Math.min(least, value), Infinity));
  const high = rounded(values.reduce((most, value) => Math.max(most, value), -Infinity));
  return low === high ? `${low}` : `${low} to ${high}`;
}
