import { describe, expect, it } from 'vitest';
import { syntheticComparison } from './report/synthetic-report';
import { patientsTable, scansTable } from './tables';

/** Fields of CSV without line breaks inside quotes. */
function parsed(text: string): string[][] {
  return text
    .trimEnd()
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/gu)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
      ),
    );
}

describe('tables', () => {
  const document = syntheticComparison();
  const labels = [
    { label: 1, name: 'LV, "cavity"', colour: '#e69f00' },
    { label: 2, name: '=SUM(A1)', colour: '#56b4e9' },
  ];

  it('have a row for each patient, scan and label, every row as long as the head', () => {
    const [head, ...rows] = parsed(scansTable(document, labels));
    const expected = document.patients.flatMap(({ scans }) =>
      scans.flatMap((scan) => Object.keys(scan.labels)),
    );
    expect(rows).toHaveLength(expected.length);
    for (const row of rows) expect(row).toHaveLength(head?.length ?? 0);
    expect(rows[0]?.[head?.indexOf('dice') ?? -1]).toBe(
      String(document.patients[0]?.scans[0]?.labels['1']?.dice),
    );
    expect(rows[0]?.[head?.indexOf('labelName') ?? -1]).toBe('LV, "cavity"');
  });

  it('leave undefined values empty, with the reason, and defuse formulas', () => {
    const [head, ...rows] = parsed(scansTable(document, labels));
    const undefinedRow = rows.find((row) => row.at(-1)?.includes('hd95Mm: prediction empty'));
    expect(undefinedRow?.[head?.indexOf('hd95Mm') ?? -1]).toBe('');
    expect(rows.some((row) => row.includes("'=SUM(A1)"))).toBe(true);
  });

  it('give each patient both probe scores of the crossed design', () => {
    const [head, ...rows] = parsed(patientsTable(document));
    expect(head).toContain('probeHeldOut');
    expect(rows).toHaveLength(document.patients.length);
    expect(rows[0]?.[head?.indexOf('probeHeldOut') ?? -1]).not.toBe('');
  });
});
