import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statisticsOf } from './statistics';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heldout-statistics-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function of(text: string) {
  const file = join(folder, 'values.txt');
  await writeFile(file, text);
  return statisticsOf(file);
}

const values = Array.from({ length: 8 }, (_, at) => ({
  patient: `p${at}`,
  seen: 0.9 + at / 100,
  heldOut: 0.85 + at / 90,
}));

describe('statistics of a file', () => {
  it('reads JSON and CSV alike', async () => {
    const json = await of(JSON.stringify({ kind: 'paired', values, margin: 0.02, seed: 1 }));
    const csv = await of(
      ['patient,seen,heldOut', ...values.map((row) => `${row.patient},${row.seen},${row.heldOut}`)].join(
        '\r\n',
      ),
    );
    expect(json).toEqual(csv);
    expect(json).toMatchObject({ schema: 'heldout.statistics/1', n: 8, verdict: { code: 'inflated' } });
  });

  it('reads quoted cells with commas and line breaks', async () => {
    const rows = values.map((row) => `"Doe, ""J""\n${row.patient}",${row.seen},"${row.heldOut}"`);
    expect(await of(['patient,seen,heldout', ...rows].join('\n'))).toMatchObject({
      n: 8,
      verdict: { code: 'inflated' },
    });
    await expect(of('patient,seen,heldOut\n\n"a\nb",1,x')).rejects.toThrow(
      'line 3: "heldOut" must be a number',
    );
  });

  it('takes labels, with max-T', async () => {
    const rows = values.flatMap((row) => [
      `${row.patient},${row.seen},${row.heldOut},1`,
      `${row.patient},${row.heldOut},${row.heldOut},2`,
    ]);
    const document = await of(['patient,seen,heldOut,label', ...rows].join('\n'));
    expect(document).toMatchObject({ labels: { '1': { n: 8 }, '2': { n: 8 } } });
    if (!('maxT' in document)) throw new Error('no max-T');
    expect(document.maxT['1']).toBeCloseTo(2 / 256, 12);
    expect(document.maxT['2']).toBe(1);
  });

  it('takes the crossed design and slices', async () => {
    const crossed = await of(
      JSON.stringify({
        kind: 'crossed',
        metric: [
          [0.8, 0.9],
          [0.9, null],
        ],
        heldOutFold: [0, 1],
        patients: ['a', 'b'],
      }),
    );
    expect(crossed).toMatchObject({ n: 1, verdict: { code: 'too-few' } });
    expect(await of(JSON.stringify({ kind: 'slices', patients: { a: [1, 3], b: [5, 7] } }))).toMatchObject({
      meanOfPatients: 4,
    });
  });

  it.each([
    ['{', 'is not valid JSON'],
    ['{"kind":"guess"}', '"kind" is wrong'],
    ['{"kind":"paired","values":[{"patient":"a","seen":"x","heldOut":1}]}', '"values.0.seen" is wrong'],
    ['patient,seen\na,1', 'has no column "heldOut"'],
    ['patient,seen,heldOut\na,1,two', 'line 2: "heldOut" must be a number'],
    ['patient,seen,heldOut\n', 'no patient'],
    ['patient,seen,heldOut,label\na,1,1,1\nb,1,1,2', 'has no value for a patient'],
  ])('refuses %j with a sentence', async (text, sentence) => {
    await expect(of(text)).rejects.toThrow(sentence);
  });
});
