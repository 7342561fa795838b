import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Split, SplitItem } from './split';
import { matchCases } from './match-cases';
import type { NameableScan } from './match-names';
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
const fixture = (file: string) => readFileSync(`src/splits/fixtures/${file}`, 'utf8');
const byScan = ({ items }: { readonly items: readonly SplitItem[] }) =>
  items.toSorted((a, b) => (a.scan < b.scan ? -1 : 1));

describe('what is written is read again as the same split', () => {
  for (const format of SPLIT_FORMATS)
    for (const [what, split] of [
      ['folds', crossed],
      ['a held-out side', oneSided],
    ] as const)
      it(`${format}, ${what}`, () => {
        const read = readSplitFile(writeSplitFile(split, format), format);
        expect([read.folds, read.isHeldOut]).toEqual([split.folds, split.heldOut !== null]);
        expect(byScan(matchCases(read, scansOf(split)))).toEqual(byScan(split));
      });

  it('with a locked set, where the format has one', () => {
    const split = { ...crossed, locked: 0.2, items: [...crossed.items, item(9, 1, 'locked')] };
    for (const format of ['monai', 'csv'] as const)
      expect(
        byScan(matchCases(readSplitFile(writeSplitFile(split, format), format), scansOf(split))),
      ).toEqual(byScan(split));
    expect(writeSplitFile(split, 'nnunet')).not.toContain('P9');
  });

  it('but not a split of slices', () => {
    const slices = { ...crossed, items: [{ ...item(1, 1, 0), slices: [0, 3] as const }] };
    expect(() => writeSplitFile(slices, 'nnunet')).toThrow('know whole scans only');
  });
});

/** Scans as an import of the Decathlon's folder gives them, under codes that are not the numbers of the files. */
const hippocampus = [1, 3, 4, 6, 7, 8, 11, 14, 15, 17, 19, 20].map((n, index) => ({
  ...{ patient: `P${index}`, scan: `P${index}.1` },
  sourcePath: `imagesTr/hippocampus_${String(n).padStart(3, '0')}.nii.gz`,
}));

describe('files as other programs write them (fixtures/make_splits.py)', () => {
  it("nnU-Net's splits_final.json: five folds of its own case names", () => {
    const text = fixture('splits_final.json');
    const read = readSplitFile(text, 'nnunet');
    expect([read.folds, read.isHeldOut]).toEqual([5, false]);
    const { items, leftOut } = matchCases(read, hippocampus);
    expect(leftOut).toEqual([]);
    const fileOf = new Map(hippocampus.map(({ scan, sourcePath }) => [scan, sourcePath]));
    const folds = JSON.parse(text) as { val: string[] }[];
    for (const { scan, fold } of items)
      expect(fileOf.get(scan)).toBe(
        `imagesTr/${folds[Number(fold)]?.val.find((name) => fileOf.get(scan)?.includes(name)) ?? 'none'}.nii.gz`,
      );
    expect(items).toHaveLength(12);
  });

  it("MONAI's data list with folds; its test set is locked, and may be absent here", () => {
    const read = readSplitFile(fixture('datalist.json'), 'monai');
    expect([read.folds, read.isHeldOut]).toEqual([5, false]);
    const { items, leftOut, unknownLocked } = matchCases(read, hippocampus);
    expect(items.map(({ fold }) => fold)).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 'locked', 'locked']);
    expect([leftOut, unknownLocked]).toEqual([[], 0]);
    expect(matchCases(read, hippocampus.slice(0, 11))).toMatchObject({ leftOut: [], unknownLocked: 1 });
    expect(() => matchCases(read, hippocampus.slice(1))).toThrow(
      '1 of 12 cases of the file fit no scan with a reference mask (the first is entry 1 of "training")',
    );
  });

  it("the Decathlon's dataset.json does not say who is held out", () => {
    expect(() => readSplitFile(fixture('dataset.json'), 'monai')).toThrow(
      'it does not say who is held out. Add "fold" to each entry.',
    );
  });

  it('a CSV as a spreadsheet saves it', () => {
    const { items, leftOut } = matchCases(readSplitFile(fixture('spreadsheet.csv'), 'csv'), hippocampus);
    expect(items.map(({ scan, fold }) => [scan, fold])).toEqual([
      ['P0.1', 0],
      ['P1.1', 1],
      ['P2.1', 1],
      ['P3.1', 'locked'],
    ]);
    expect(leftOut).toEqual(['P10.1', 'P11.1', 'P4.1', 'P5.1', 'P6.1', 'P7.1', 'P8.1', 'P9.1']);
  });

  it("MONAI's cases of several channels have the scans of all of them", () => {
    const text = JSON.stringify({
      training: [
        { fold: 0, image: ['a/t1.nii.gz', 'a/t2.nii.gz'] },
        { fold: 1, image: ['b/t1.nii.gz', 'b/t2.nii.gz'] },
      ],
    });
    const scans = ['a/t1', 'a/t2', 'b/t1'].map((path, index) => ({
      ...{ patient: path.charAt(0), scan: `S${index}` },
      sourcePath: `${path}.nii.gz`,
    }));
    expect(
      matchCases(readSplitFile(text, 'monai'), scans).items.map(({ scan, fold }) => [scan, fold]),
    ).toEqual([
      ['S0', 0],
      ['S1', 0],
      ['S2', 1],
    ]);
  });

  it('names that were made of the folders of DICOM images', () => {
    const scans = [1, 2].flatMap((patient) =>
      ['ED', 'ES'].map((phase) => ({
        ...{ patient: `P${patient}`, scan: `P${patient}.${phase}` },
        // The file of the second patient has the number of the first one.
        sourcePath: `dicom/00${patient}/${phase}/${3 - patient}.dcm`,
      })),
    );
    const text = 'scan,fold\n001_ED,0\n1-es,0\n002_ED,1\n2_ES.nii.gz,1\n';
    expect(matchCases(readSplitFile(text, 'csv'), scans).items.map(({ scan, fold }) => [scan, fold])).toEqual(
      [
        ['P1.ED', 0],
        ['P1.ES', 0],
        ['P2.ED', 1],
        ['P2.ES', 1],
      ],
    );
    // Only a patient that is not there has this name, though its words stand in a path.
    const split = readSplitFile('scan,fold\n002_ED,0\n1_ES,1\n', 'csv');
    expect(() => matchCases(split, scans.slice(0, 2))).toThrow('fit no scan');
  });

  it('a patient stands for all their scans', () => {
    const text = 'fold,scan\ntraining,P1\nheld-out,P2.1\nlocked,P2.2\n';
    const scans = ['P1.1', 'P1.2', 'P2.1', 'P2.2'].map((scan) => ({
      ...{ patient: scan.slice(0, 2), scan, sourcePath: null },
    }));
    expect(matchCases(readSplitFile(text, 'csv'), scans).items.map(({ scan, fold }) => [scan, fold])).toEqual(
      [
        ['P1.1', 1],
        ['P1.2', 1],
        ['P2.1', 0],
        ['P2.2', 'locked'],
      ],
    );
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
    [
      'nnunet',
      JSON.stringify([fold(['a'], ['b']), fold(['a'], ['b'])]),
      'entry 1 of "val" in fold 1 is the same as',
    ],
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
    ['csv', 'scan,fold\na,0\na,1', 'line 3 is the same as line 2'],
  ] as const)('%s: %s', (format, text, sentence) => {
    expect(() => readSplitFile(text, format)).toThrow(sentence);
  });

  it('cases that fit no scan, by their number: their names may be identities', () => {
    const split = readSplitFile('scan,fold\nP1.1,0\nDoe^Jane,1', 'csv');
    const scans = [{ patient: 'P1', scan: 'P1.1', sourcePath: null }];
    expect(() => matchCases(split, scans)).toThrow(
      '1 of 2 cases of the file fit no scan with a reference mask (the first is line 3)',
    );
    expect(() => matchCases(split, scans)).not.toThrow('Doe');
  });

  it('a scan that two cases name', () => {
    const split = readSplitFile('scan,fold\nP1.1,0\nP1,1', 'csv');
    const scans = [{ patient: 'P1', scan: 'P1.1', sourcePath: null }];
    expect(() => matchCases(split, scans)).toThrow('Line 3 is P1.1, and so is line 2: name each scan once.');
  });

  it('a name that files of two patients have, until more of the path is given', () => {
    const scans = ['siteA', 'siteB'].map((site, index) => ({
      ...{ patient: `P${index}`, scan: `P${index}.1` },
      sourcePath: `${site}/001/image.nii.gz`,
    }));
    const folds = (...names: string[]) =>
      matchCases(
        readSplitFile(`scan,fold\n${names.map((name, fold) => `${name},${fold}`).join('\n')}`, 'csv'),
        scans,
      ).items.map(({ scan, fold }) => [scan, fold]);
    const sentence =
      'Line 2 fits scans of 2 patients (P0.1, P1.1). Write more of the path of its file, or the name of the scan';
    expect(() => folds('image', 'siteB/001/image.nii.gz')).toThrow(sentence);
    expect(() => folds('001/image.nii.gz', 'siteB/001/image.nii.gz')).toThrow(sentence);
    const both = [
      ['P0.1', 0],
      ['P1.1', 1],
    ];
    expect(folds('siteA/001/image.nii.gz', 'siteB/001/image.nii.gz')).toEqual(both);
    expect(folds('D:\\data\\siteA\\001\\image_0000.nii.gz', 'any/siteB/001')).toEqual(both);
    expect(folds('siteA', 'P1.1')).toEqual(both);
  });

  it('a code of the project that is the name of the file of somebody else', () => {
    const scans = ['P2', 'P1'].map((file, index) => ({
      ...{ patient: `P${index + 1}`, scan: `P${index + 1}.1` },
      sourcePath: `${file}.nii.gz`,
    }));
    const split = readSplitFile('scan,fold\nP1,0\nP2,1', 'csv');
    expect(() => matchCases(split, scans)).toThrow('Line 2 fits scans of 2 patients (P1.1, P2.1)');
    const precise = readSplitFile('scan,fold\nP1.1,0\nP2.1,1', 'csv');
    expect(matchCases(precise, scans).items).toHaveLength(2);
  });
});
