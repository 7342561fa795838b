import type { CompareDocument } from '#src/contracts/documents/compare';
import type { GapEstimate } from '#src/contracts/documents/statistics';
import type { Label } from '#src/registry/records';

/** The gap that the verdict rests on: tau of the crossed design where there is one, else that of the two groups. */
export function shownGap(document: CompareDocument): GapEstimate | undefined {
  return document.crossed?.statistics.gap ?? document.gap;
}

/** One line of the figure of gaps. */
export interface GapLine {
  readonly name: string;
  readonly mean: number;
  readonly interval: readonly [low: number, high: number] | null;
}

/** Every gap of a comparison that exists: paired over all folds, between the groups of this run, and of each label. */
export function gapLines(document: CompareDocument, labels: readonly Label[]): GapLine[] {
  const named: (readonly [string, GapEstimate | undefined])[] = [
    ['All folds, paired by patient', document.crossed?.statistics.gap],
    ['This run, two groups', document.gap],
    ...Object.entries(document.labels).map(
      ([label, { gap }]) =>
        [labels.find((each) => String(each.label) === label)?.name ?? `label ${label}`, gap] as const,
    ),
  ];
  return named.flatMap(([name, gap]) =>
    gap?.mean == null ? [] : [{ name, mean: gap.mean, interval: gap.ci95 }],
  );
}
