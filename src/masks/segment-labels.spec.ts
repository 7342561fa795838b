import { expect, it } from 'vitest';
import { labelsForSegments } from './segment-labels';

const known = [
  { label: 1, name: 'LV cavity', colour: '#111111' },
  { label: 4, name: 'Scar', colour: '#222222' },
];
const segment = (number: number, name: string, colour: string | null = null) => ({ number, name, colour });

it('a segment has the label of its name, whatever its number and case', () => {
  expect(labelsForSegments([segment(9, ' lv CAVITY ')], known, new Set())).toEqual({
    numbers: [1],
    added: [],
  });
});

it('a new name gets its own number when it is free, and keeps its colour', () => {
  expect(labelsForSegments([segment(7, 'Liver', '#abcdef')], known, new Set())).toEqual({
    numbers: [7],
    added: [{ label: 7, name: 'Liver', colour: '#abcdef' }],
  });
});

it('a number that is a label already, or that masks hold without a name, is not taken: the next free one is', () => {
  const found = labelsForSegments([segment(1, 'Liver'), segment(3, 'Spleen')], known, new Set([2, 3]));
  expect(found?.numbers).toEqual([5, 6]);
  expect(found?.added).toEqual([
    { label: 5, name: 'Liver', colour: '#cc79a7' },
    { label: 6, name: 'Spleen', colour: '#d55e00' },
  ]);
});

it('a number above 255 becomes the next free one, and segments of one name share a label', () => {
  const found = labelsForSegments(
    [segment(300, 'Node'), segment(301, 'node'), segment(302, 'Vessel')],
    known,
    new Set(),
  );
  expect(found?.numbers).toEqual([2, 2, 3]);
  expect(found?.added.map(({ name }) => name)).toEqual(['Node', 'Vessel']);
});

it('when all 255 labels are taken there is no place', () => {
  const all = new Set(Array.from({ length: 255 }, (_, n) => n + 1));
  expect(labelsForSegments([segment(1, 'One more')], known, all)).toBeNull();
});
