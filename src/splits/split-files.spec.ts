import { describe, expect, it } from 'vitest';
import type { Split, SplitItem } from './split';
import { matchCases, type NameableScan } from './match-cases';
import { readSplitFile, SPLIT_FORMATS, writeSplitFile } from './split-files';

const item = (patient: number, scan: number, fold: number | 'locked'): SplitItem => ({
  ...{ patient: `P${patient}`, scan: `P${patient}.${scan}`, slices: null, fold },
});
const base = { name: 's', design: 'patient', seed: 3, locked: 0, stratify: [], createdAt: '' } as const;
const crossed: Split = {
  ...{ ...base, folds: 3, heldOut: null },
  items: [item(1, 1, 0), item(1, 2, 0), item(2, 1, 1), item(3, 1, 2), item(4, 1, 1)],
};
const oneSided: Split = {
  ...{ ...base, folds: 2, heldOut: 0.5 },
  items: [item(1, 1, 0), item(2, 1, 1), item(2, 2, 1), item(3, 1, 0)],
};
const scansOf = (split: Split): NameableScan[] =>
  split.items.map(({ patient, scan }) => ({ patient, scan, sourcePath: null }));
const byScan = (items: readonly SplitItem[]) => items.toSorted((a, b) => (a.scan < b.scan ? -1 : 1));

describe('what is written is read again as the same split', () => {
  for (const format of SPLIT_FORMATS)
    for (const [what, split] of [
      ['folds', crossed],
      ['a held-out side', oneSided],
    ] as const)
      it(`${format}, ${what}`, () => {
        const read = readSplitFile(writeSplitFile(split, format), format);
        expect([read.folds, read.isHeldOut]).toEqual([split.folds, split.heldOut !== null]);
        expect(byScan(matchCases(read, scansOf(split)))).toEqual(byScan(split.items));
      });

  it('with a locked set, where the format has one', () => {
    const split = { ...crossed, locked: 0.2, items: [...crossed.items, item(9, 1, 'locked')] };
    for (const format of ['monai', 'csv'] as const)
      expect(
        byScan(matchCases(readSplitFile(writeSplitFile(split, format), format), scansOf(split))),
      ).toEqual(byScan(split.items));
    expect(writeSplitFile(split, 'nnunet')).not.toContain('P9');
  });

  it('but not a split of slices', () => {
    const slices = { ...crossed, items: [{ ...item(1, 1, 0), slices: [0, 3] as const }] };
    expect(() => writeSplitFile(slices, 'nnunet')).toThrow('know whole scans only');
  });
});

describe('files as other programs write them', () => {
  it("nnU-Net's splits_final.json, five folds of its own case names", () => {
    // As nnU-Net v2 writes it: names of files without channel and ending.
    const names = Array.from({ length: 5 }, (_, n) => `hippocampus_00${n + 1}`);
    const text = JSON.stringify(
      names.map((held) => ({ train: names.filter((name) => name !== held), val: [held] })),
    );
    const scans = names.map((name, n) => ({
      ...{ patient: `P${n}`, scan: `P${n}.1` },
      sourcePath: `imagesTr/${name}_0000.nii.gz`,
    }));
    expect(matchCases(readSplitFile(text, 'nnunet'), scans).map(({ scan, fold }) => [scan, fold])).toEqual(
      names.map((_, n) => [`P${n}.1`, n]),
    );
  });

  it("MONAI's data list with folds and testing", () => {
    const text = JSON.stringify({
      training: [
        { fold: 0, image: './imagesTr/a.nii.gz', label: './labelsTr/a.nii.gz' },
        { fold: 1, image: './imagesTr/b.nii.gz', label: './labelsTr/b.nii.gz' },
      ],
      testing: ['./imagesTs/c.nii.gz'],
    });
    expect(readSplitFile(text, 'monai')).toMatchObject({
      ...{ folds: 2, isHeldOut: false },
      cases: [{ fold: 0 }, { fold: 1 }, { name: './imagesTs/c.nii.gz', fold: 'locked' }],
    });
  });

  it('a CSV with quotes, other columns and any order; a patient stands for all their scans', () => {
    const text = '\uFEFFgroup,fold,"scan"\r\nx,training,"P1"\r\ny,held-out,P2.1\r\nz,locked,P2.2\r\n';
    const scans = ['P1.1', 'P1.2', 'P2.1', 'P2.2'].map((scan) => ({
      ...{ patient: scan.slice(0, 2), scan, sourcePath: null },
    }));
    expect(matchCases(readSplitFile(text, 'csv'), scans).map(({ scan, fold }) => [scan, fold])).toEqual([
      ['P1.1', 1],
      ['P1.2', 1],
      ['P2.1', 0],
      ['P2.2', 'locked'],
    ]);
  });
});

describe('what is refused', () => {
  const fold = (train: string[], val: string[]) => ({ train, val });
  it.each([
    ['nnunet', 'no json', 'it is no JSON'],
    ['nnunet', '{"train": []}', 'it is not a list of folds'],
    ['nnunet', JSON.stringify([fold(['a'], ['a'])]), 'a case of fold 0 both trains and is held out'],
    ['nnunet', JSON.stringify([fold(['a'], ['b']), fold(['b'], ['c'])]), 'fold 0 leaves out 1 cases'],
    ['nnunet', JSON.stringify([fold(['a', 'b'], []), fold(['a'], ['b'])]), '1 cases are held out in no fold'],
    ['nnunet', JSON.stringify([fold(['a'], ['b']), fold(['a'], ['b'])]), 'stands there twice'],
    ['monai', '{"training": [{"image": "a"}]}', 'entry 1 of "training" has no fold'],
    [
      'monai',
      '{"training": [{"image": "a", "fold": 2}, {"image": "b", "fold": 0}]}',
      'fold 1 holds nobody out',
    ],
    ['csv', 'name,side\na,0', 'must name the columns "scan" and "fold"'],
    ['csv', 'scan,fold\na,maybe', 'line 2 needs a scan and a fold'],
    ['csv', 'scan,fold\na,0\nb,held-out', 'not some of each'],
    ['csv', 'scan,fold\na,0', 'two folds at least'],
    ['csv', 'scan,fold\na,0\na,1', 'case 2 of the file stands there twice'],
  ] as const)('%s: %s', (format, text, sentence) => {
    expect(() => readSplitFile(text, format)).toThrow(sentence);
  });

  it('cases that fit no scan, by their number: their names may be identities', () => {
    const split = readSplitFile('scan,fold\nP1.1,0\nDoe^Jane,1', 'csv');
    const scans = [{ patient: 'P1', scan: 'P1.1', sourcePath: null }];
    expect(() => matchCases(split, scans)).toThrow('1 of 2 cases of the file fit no scan');
    expect(() => matchCases(split, scans)).not.toThrow('Doe');
  });

  it('a scan that two cases name', () => {
    const split = readSplitFile('scan,fold\nP1.1,0\nP1,1', 'csv');
    const scans = [{ patient: 'P1', scan: 'P1.1', sourcePath: null }];
    expect(() => matchCases(split, scans)).toThrow('Case 2 of the file is P1.1');
  });
});
