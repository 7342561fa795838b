import { describe, expect, it } from 'vitest';
import type { MarksDocument } from '#src/contracts/documents/reading';
import { FILTERS, isListed, ownMark, worstMark, type MarkFilter } from './marks';

const mark = (scan: string, reader: string, given: 'agree' | 'acceptable' | 'wrong' | null, note = '') => ({
  ...{ patient: scan.split('.')[0] ?? '', scan, run: 'run-1', reader, mark: given, note, at: '' },
});
const document: MarksDocument = {
  ...{ run: 'run-1', reader: 'Ann' },
  marks: [
    mark('A.1', 'Ann', 'agree'),
    mark('A.1', 'Bob', 'wrong'),
    mark('A.2', 'Ann', null, 'apex?'),
    mark('B.1', 'Ann', 'acceptable'),
  ],
};
const scansOf: Readonly<Record<string, readonly { scan: string }[]>> = {
  A: [{ scan: 'A.1' }, { scan: 'A.2' }],
  B: [{ scan: 'B.1' }],
  C: [{ scan: 'C.1' }],
};

describe('marks in the list of patients', () => {
  it.each<[MarkFilter, string]>([
    ['all', 'ABC'],
    ['wrong', 'A'],
    ['acceptable', 'B'],
    ['agree', 'A'],
    ['unmarked', 'C'],
    ['noted', 'A'],
  ])('"%s" lists %s', (filter, expected) => {
    const listed = Object.keys(scansOf).filter((name) => isListed(document, scansOf[name] ?? [], filter));
    expect(listed.join('')).toBe(expected);
    expect(FILTERS.some((each) => each.filter === filter)).toBe(true);
  });

  it('show the worst of all readers, and lists all while marks are not there yet', () => {
    expect(Object.values(scansOf).map((scans) => worstMark(document, scans)?.mark ?? null)).toEqual([
      ...['wrong', 'acceptable'],
      null,
    ]);
    expect(isListed(null, [], 'wrong')).toBe(true);
    expect(worstMark(null, [])).toBeNull();
  });

  it('are one’s own only where one has given them', () => {
    expect(ownMark(document, 'A.1')?.mark).toBe('agree');
    expect(ownMark(document, 'C.1')).toBeUndefined();
    expect(ownMark({ ...document, reader: 'Eve' }, 'A.1')).toBeUndefined();
  });
});
