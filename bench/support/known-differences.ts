import { readFile } from 'node:fs/promises';
import * as v from 'valibot';

/** What sets the two programs' volumes apart. */
const kind = v.picklist(['only ours', 'only dcm2niix', 'voxels', 'place', 'order', 'unread']);
export type DifferenceKind = v.InferOutput<typeof kind>;

/** One or more volumes of one series that differ in the same way. */
export interface Difference {
  readonly set: string;
  readonly series: string;
  readonly kind: DifferenceKind;
  readonly volumes: number;
  readonly detail: string;
  /** Of `voxels` in their unit, of `place` in mm; null where there is no size. */
  readonly size: number | null;
  /** One of dcm2niix's files, or of ours. */
  readonly file: string;
  /** Why we left images of the series out. */
  readonly leftOut: readonly string[];
}

/**
 * Differences that are understood. An entry holds for every difference that fits all it names: `set` and `series`
 * exactly, one of the `kind`s, `file`, `detail` and `leftOut` as regular expressions for dcm2niix's file, the detail and
 * our reasons; its size must be `atMost`.
 */
const knownDifferences = v.array(
  v.strictObject({
    set: v.optional(v.string()),
    series: v.optional(v.array(v.string())),
    kind: v.optional(v.array(kind)),
    file: v.optional(v.string()),
    detail: v.optional(v.string()),
    leftOut: v.optional(v.string()),
    atMost: v.optional(v.number()),
    reason: v.string(),
  }),
);
export type KnownDifferences = v.InferOutput<typeof knownDifferences>;

export async function readKnownDifferences(path: string): Promise<KnownDifferences> {
  return v.parse(knownDifferences, JSON.parse(await readFile(path, 'utf8')));
}

/** The written reason for a difference, or null. */
export function reasonFor(difference: Difference, known: KnownDifferences): string | null {
  const fits = (pattern: string | undefined, texts: readonly string[]) =>
    pattern === undefined || texts.some((text) => new RegExp(pattern, 'u').test(text));
  const entry = known.find(
    ({ set, series, kind: kinds, file, detail, leftOut, atMost }) =>
      (set === undefined || set === difference.set) &&
      (series?.includes(difference.series) ?? true) &&
      (kinds?.includes(difference.kind) ?? true) &&
      fits(file, [difference.file]) &&
      fits(detail, [difference.detail]) &&
      fits(leftOut, difference.leftOut) &&
      (atMost === undefined || (difference.size !== null && difference.size <= atMost)),
  );
  return entry?.reason ?? null;
}
