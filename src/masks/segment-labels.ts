import type { Label } from '#src/registry/records';
import { DEFAULT_LABEL_COLOURS } from './label-colours';

/** A structure that another program has named. */
interface NamedSegment {
  readonly number: number;
  readonly name: string;
  /** `#rrggbb`, null when none is recommended. */
  readonly colour: string | null;
}

/** Highest label number. */
const LAST_LABEL = 255;

const nameKey = (name: string) => name.trim().toLowerCase();

/**
 * Finds the project's label for each segment: the one of the same name, whatever its case; else a new label with the
 * segment's number when it is free; else with the next free one. Segments of one name share a label.
 *
 * @param known the project's labels
 * @param taken label numbers that masks hold, also those without a name
 * @returns a label number per segment and the labels to add; null when there are not enough free numbers
 */
export function labelsForSegments(
  segments: readonly NamedSegment[],
  known: readonly Label[],
  taken: ReadonlySet<number>,
): { numbers: number[]; added: Label[] } | null {
  const byName = new Map(known.map(({ name, label }) => [nameKey(name), label]));
  const used = new Set([...taken, ...known.map(({ label }) => label)]);
  const added: Label[] = [];
  const numbers: number[] = [];
  for (const { number, name, colour } of segments) {
    const same = byName.get(nameKey(name));
    if (same !== undefined) {
      numbers.push(same);
      continue;
    }
    const label = freeNumber(number, used);
    if (label === null) return null;
    used.add(label);
    byName.set(nameKey(name), label);
    added.push({ label, name, colour: colour ?? defaultLabelColour(label) });
    numbers.push(label);
  }
  return { numbers, added };
}

/** The colour of a label that nobody has given one. */
export function defaultLabelColour(label: number): string {
  return DEFAULT_LABEL_COLOURS[(label - 1) % DEFAULT_LABEL_COLOURS.length] ?? '#e69f00';
}

function freeNumber(wanted: number, used: ReadonlySet<number>): number | null {
  if (wanted >= 1 && wanted <= LAST_LABEL && !used.has(wanted)) return wanted;
  for (let label = 1; label <= LAST_LABEL; label++) if (!used.has(label)) return label;
  return null;
}
