import { describe, expect, it } from 'vitest';
import { reportHtml } from './report-html';
import { syntheticReport } from './synthetic-report';

const VOID = new Set(['meta', 'br']);

/** Throws at the first tag that is not closed in order; returns the names met. */
function tagsOf(page: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  for (const [tag, closing, name, attributes] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:\s[^<>]*)?)>/giu)) {
    if (!name || tag.startsWith('<!')) continue;
    if (closing) {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> closes <${last ?? 'nothing'}>`);
    } else {
      names.push(name);
      if (!VOID.has(name) && !attributes?.endsWith('/')) open.push(name);
    }
  }
  expect(open).toEqual([]);
  return names;
}

/** The text that a person reads, without style sheet and markup. */
function textOf(page: string): string {
  return page
    .replace(/<style>.*<\/style>/su, '')
    .replace(/<[^>]+>/gu, ' ')
    .replace(/\s+/gu, ' ');
}

const crossed = syntheticReport({ patients: 8, folds: 4, design: 'patient', familiarity: 0.8 });
const leaking = syntheticReport({ patients: 8, folds: 4, design: 'scan', familiarity: 0.8 });
const pages = [
  ['a crossed design', crossed],
  ['a leaking split', leaking],
] as const;

describe.each(pages)('the report of %s', (_, data) => {
  const page = reportHtml(data);
  const text = textOf(page);

  it('is well-formed, loads nothing and runs nothing', () => {
    const names = tagsOf(page);
    expect(names).not.toContain('script');
    expect(names).not.toContain('link');
    expect(page).not.toMatch(/(?:src|href)="(?!data:image\/png;base64,)/u);
    expect(page).not.toMatch(/url\(|@import|https?:/u);
    expect(page).toContain("default-src 'none'");
  });

  it('has each id once and describes every figure', () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/gu)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [svg] of page.matchAll(/<svg[^>]*>/gu)) {
      expect(svg).toContain('role="img"');
      for (const id of /aria-labelledby="([^"]+)"/u.exec(svg)?.[1]?.split(' ') ?? ['none'])
        expect(ids).toContain(id);
    }
  });

  it('escapes names, and holds no number that is none', () => {
    expect(page).toContain('Synthetic &lt;hearts&gt; &amp; co');
    expect(page).not.toContain('<hearts>');
    expect(text).not.toMatch(/NaN|Infinity|\[object|\bnull\b/u);
    expect(page.replace(/<style>.*<\/style>/su, '')).not.toMatch(/="[^"]*(?:NaN|Infinity)[^"]*"/u);
  });

  it('names the phase of a pictured scan where there is one', () => {
    expect(data.worst.some(({ phase }) => phase === null)).toBe(true);
    for (const { patient, scan, phase } of data.worst)
      expect(text).toContain(`${patient} , scan ${scan}${phase === null ? '' : ` (${phase})`}: Dice`);
  });

  it('states the verdict and an n with every summary', () => {
    expect(text).toContain(textOf(data.compare.verdict.sentence).trim());
    const facts = [...page.matchAll(/<dt>([^<]*)<\/dt>\s*<dd>(.*?)<\/dd>/gsu)].slice(0, 3);
    expect(facts.map(([, name]) => name)).toEqual(['Held-out', 'Seen', 'Gap']);
    for (const [, , fact] of facts) expect(textOf(fact ?? '')).toMatch(/n = \d+/u);
  });
});

describe('what only one of the designs shows', () => {
  it('crossed: every patient twice, and the curves of all runs', () => {
    const page = reportHtml(crossed);
    for (const { patient } of crossed.compare.crossed?.patients ?? []) {
      expect(page).toContain(`${patient}, seen:`);
      expect(page).toContain(`${patient}, held-out:`);
    }
    expect(page.match(/ held out<\/text>/gu)).toHaveLength(4);
    expect(textOf(page)).toContain('Leak audit: clean.');
  });

  it('leaking: the finding, and the patients who stand on both sides', () => {
    const page = reportHtml(leaking);
    const [finding] = leaking.audit.findings;
    expect(finding?.count).toBeGreaterThan(0);
    expect(textOf(page)).toContain(finding?.sentence);
    expect(page).toContain('also elsewhere');
    expect(textOf(page)).not.toContain('Leak audit: clean.');
  });
});

describe('notes and marks', () => {
  it('are a table of their own, escaped, with the side of each patient', () => {
    const [seen] = crossed.compare.patients.filter(({ side }) => side === 'seen');
    if (seen === undefined) throw new Error('nobody was seen');
    const page = reportHtml({
      ...crossed,
      marks: [
        {
          ...{ patient: seen.patient, scan: `${seen.patient}.1`, run: crossed.run.id, reader: 'Ann' },
          ...{ mark: 'acceptable', note: 'apex <cut> off', at: '2024-03-02T10:00:00Z' },
        },
      ],
    });
    tagsOf(page);
    const text = textOf(page);
    expect(text).toContain('Notes and marks');
    expect(text).toContain('n = 1 patient');
    expect(text).toContain(
      `${seen.patient} seen ${seen.patient}.1 Ann clinically acceptable apex &lt;cut&gt; off`,
    );
    expect(reportHtml(crossed)).not.toContain('Notes and marks');
  });
});
