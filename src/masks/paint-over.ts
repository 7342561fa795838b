/** What the painting tools may write over: every label, background alone, or every label that is not locked. */
export const PAINT_OVER = ['everything', 'background', 'unlocked'] as const;
export type PaintOver = (typeof PAINT_OVER)[number];

/** The rule that every tool keeps to. */
export interface PaintRule {
  readonly over: PaintOver;
  /** Labels that no tool takes a voxel from, unless everything may be written over. */
  readonly locked: ReadonlySet<number>;
}

/** By the label that a voxel has (0 to 255): 1 where a tool may give it another one. */
export type Overwritable = Uint8Array;

/** No rule at all. */
export const EVERYTHING: Overwritable = new Uint8Array(256).fill(1);

/**
 * What a tool may write over. `background` keeps what the other labels have: painting takes background alone, and
 * erasing takes the chosen label alone.
 *
 * @param label what the tool writes; 0 erases
 * @param chosen the label that the tool works on
 */
export function overwritable({ over, locked }: PaintRule, label: number, chosen: number): Overwritable {
  if (over === 'everything') return EVERYTHING;
  const own = label === 0 ? chosen : 0;
  return EVERYTHING.map((_, present) => {
    const isKept = locked.has(present) || (over === 'background' && present !== own);
    return isKept ? 0 : 1;
  });
}
