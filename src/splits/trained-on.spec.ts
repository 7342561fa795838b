import { describe, expect, it } from 'vitest';
import { readTrainedOn, trainedFolds } from './trained-on';

const scans = ['a.1', 'a.2', 'b.1', 'c.1', 'd.1'].map((scan) => ({
  ...{ patient: scan.charAt(0), scan },
  sourcePath: `images/case_${scan.charAt(0)}/${scan.charAt(2)}.nii.gz`,
}));
const foldsOf = (text: string) => {
  const { items, ...rest } = trainedFolds(readTrainedOn(text), scans);
  return { ...rest, folded: items.map(({ scan, fold }) => `${scan} ${fold}`) };
};

describe('who trained which model', () => {
  it('one model: a list of patients, or of the folders of their files; the others are held out', () => {
    const expected = {
      ...{ folds: 2, isHeldOut: true, leftOut: [], takenAsHeldOut: 2, models: null },
      folded: ['a.1 1', 'a.2 1', 'b.1 1', 'c.1 0', 'd.1 0'],
    };
    expect(foldsOf('patient\na\nb\n')).toEqual(expected);
    expect(foldsOf('Patient\ncase_a\ncase_b\n')).toEqual(expected);
  });

  it('one model: both sides, and whoever is not named stands on none', () => {
    expect(foldsOf('scan,trained\na.1,yes\na.2,no\nb.1,FALSE\n')).toEqual({
      ...{ folds: 2, isHeldOut: true, leftOut: ['c.1', 'd.1'], takenAsHeldOut: 0, models: null },
      folded: ['a.1 1', 'a.2 0', 'b.1 0'],
    });
  });

  it('several models that hold out each patient once are folds', () => {
    const text = ['patient,model', 'b,x', 'c,x', 'd,x', 'a,y', 'c,y', 'd,y', 'a,z', 'b,z'].join('\n');
    expect(foldsOf(text)).toEqual({
      ...{ folds: 3, isHeldOut: false, leftOut: [], takenAsHeldOut: 0, models: ['x', 'y', 'z'] },
      folded: ['a.1 0', 'a.2 0', 'b.1 1', 'c.1 2', 'd.1 2'],
    });
  });

  it.each([
    ['name\na', 'its first line must name a column "patient" or "scan"'],
    ['patient', 'it names nobody'],
    ['patient,trained\na,perhaps', 'line 2 must say yes or no'],
    ['patient,model\na,', 'line 2 needs a patient and a model'],
    ['patient\nz', '1 of 1 cases of the file fit no scan with a reference mask (the first is line 2)'],
    ['patient\na\na.1', 'Line 3 is a.1, and so is line 2'],
    ['patient,model\na,x\nb,x\nc,x\nd,x\na,y', 'the scan a.1 is held out by none of the models'],
    ['patient,model\na,x\nb,y', 'the scan c.1 is held out by 2 of 2 models (x, y)'],
  ])('refused: %j', (text, sentence) => {
    expect(() => foldsOf(text)).toThrow(sentence);
  });
});
