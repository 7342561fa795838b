import type { ImportSummary, LeftOutQuery, ReasonGroup } from '#src/contracts/channels';
import type { ImportDocument, LeftOut } from '#src/contracts/documents/import';
import { csv } from '#main/export/tables';

/** Entries of each list that a summary carries. */
const MOST = { volumes: 100, warnings: 60, groups: 24 } as const;

const kindOf = ({ image }: LeftOut) => (image ? 'image data' : 'not an image');
const texts = new Intl.Collator('en', { numeric: true });

/** The order of left-out files by their paths, numbers as numbers. */
export function byPath(a: LeftOut, b: LeftOut): number {
  return texts.compare(a.path, b.path);
}

/** What a reason says apart from its numbers: files left out for the same reason share it. */
export function groupOf(reason: string): string {
  return reason.replaceAll(/\d+(?:[.,]\d+)*/gu, '…');
}

/** An import's report without its long lists. */
export function summaryOf(
  document: ImportDocument,
  about: Pick<ImportSummary, 'importId' | 'at' | 'isLook' | 'canRepeat'>,
): ImportSummary {
  const { patients, studies, scans, masks, files, alreadyPresent, seconds, volumes, questions } = document;
  const warnings = [
    ...document.warnings,
    ...volumes.flatMap((volume) => volume.warnings.map((warning) => `${volume.scan}: ${warning}`)),
  ];
  const images = document.leftOut.filter(({ image }) => image).length;
  const groups = groupsOf(document.leftOut);
  const more = (list: readonly unknown[], most: number) => Math.max(0, list.length - most);
  return {
    ...about,
    ...{ patients, studies, scans, masks, files, alreadyPresent, seconds, questions },
    phases: volumes.filter(({ phase }) => phase !== null).length,
    volumes: volumes.slice(0, MOST.volumes),
    moreVolumes: more(volumes, MOST.volumes),
    warnings: warnings.slice(0, MOST.warnings),
    moreWarnings: more(warnings, MOST.warnings),
    leftOut: { images, others: document.leftOut.length - images },
    groups: groups.slice(0, MOST.groups),
    moreGroups: more(groups, MOST.groups),
  };
}

/** Groups of reasons, image data first, then the largest. */
function groupsOf(entries: readonly LeftOut[]): ReasonGroup[] {
  const groups = new Map<string, { group: string; image: boolean; count: number }>();
  for (const { reason, image } of entries) {
    const group = groupOf(reason);
    const key = `${image} ${group}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { group, image, count: 1 });
    else known.count += 1;
  }
  return [...groups.values()].toSorted(
    (a, b) => Number(b.image) - Number(a.image) || b.count - a.count || texts.compare(a.group, b.group),
  );
}

/** The left-out files that a query means, in its order. */
export function selectLeftOut(
  entries: readonly LeftOut[],
  { filter, kind, group, sort }: Omit<LeftOutQuery, 'importId'>,
): LeftOut[] {
  const words = filter.trim().toLowerCase();
  const chosen = entries.filter(
    (entry) =>
      (kind === 'all' || (kind === 'image') === entry.image) &&
      (group === null || groupOf(entry.reason) === group) &&
      (words === '' ||
        entry.path.toLowerCase().includes(words) ||
        entry.reason.toLowerCase().includes(words)),
  );
  const textOf: Readonly<Record<string, (entry: LeftOut) => string>> = {
    path: ({ path }) => path,
    reason: ({ reason }) => reason,
    kind: kindOf,
  };
  const text = textOf[sort.replace('-', '')];
  if (text === undefined) return chosen;
  const sign = sort.startsWith('-') ? -1 : 1;
  return chosen.sort((a, b) => sign * texts.compare(text(a), text(b)) || byPath(a, b));
}

/** The list as CSV (RFC 4180, UTF-8). */
export function leftOutTable(entries: readonly LeftOut[]): string {
  return csv([
    ['file', 'kind', 'reason'],
    ...entries.map((entry) => [entry.path, kindOf(entry), entry.reason]),
  ]);
}

/** The list as lines of text with tabs, as a spreadsheet takes it from the clipboard. */
export function leftOutText(entries: readonly LeftOut[]): string {
  return entries.map((entry) => [entry.path, kindOf(entry), entry.reason].join('\t')).join('\n');
}
