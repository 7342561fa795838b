import { expect, it } from 'vitest';
import { looksSentence, namedLooks, type LedgerLook } from './looks';

const look = (model: string, locked: string[] = ['P0001', 'P0002']): LedgerLook => ({
  at: '2024-01-01T00:00:00.000Z',
  run: 'try',
  reason: 'report',
  who: 'somebody',
  locked,
  model,
});
const kinds = (...looks: LedgerLook[]) => namedLooks(looks).map(({ kind }) => kind);

it('calls a look after a change of the model by its name', () => {
  expect(kinds(look('a'), look('a'), look('b'), look('b'), look('a'))).toEqual([
    'first',
    'again',
    'after-change',
    'again',
    'again',
  ]);
});

it('counts every locked patient that was looked at before, and no other', () => {
  expect(kinds(look('a', ['P0001']), look('b', ['P0001', 'P0009']), look('c', ['P0003']))).toEqual([
    'first',
    'after-change',
    'first',
  ]);
  expect(kinds(look('', []), look('a'))).toEqual(['first', 'first']);
});

it('says it in a sentence', () => {
  expect(looksSentence([])).toMatch(/has not been looked at/u);
  expect(looksSentence(namedLooks([look('a')]))).toBe('The locked set has been looked at once.');
  expect(looksSentence(namedLooks([look('a'), look('b')]))).toMatch(
    /2 times.*second look after a change of the model/u,
  );
});
