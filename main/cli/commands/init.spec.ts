import { describe, expect, it } from 'vitest';
import { parseLabels } from './init';

describe('label lists', () => {
  it('reads numbers and names, each with a colour of its own', () => {
    const labels = parseLabels('1=LV cavity, 3 = myocardium');
    expect(labels.map(({ label, name }) => [label, name])).toEqual([
      [1, 'LV cavity'],
      [3, 'myocardium'],
    ]);
    expect(new Set(labels.map(({ colour }) => colour)).size).toBe(2);
  });

  it.each([
    ['LV', 'must look like 1=LV cavity'],
    ['0=air', 'from 1 to 255'],
    ['256=x', 'from 1 to 255'],
    ['1=a,1=b', 'Two labels have the number 1'],
  ])('refuses %s', (text, sentence) => {
    expect(() => parseLabels(text)).toThrow(sentence);
  });
});
