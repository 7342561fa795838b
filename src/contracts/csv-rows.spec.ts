import { describe, expect, it } from 'vitest';
import { readCsv } from './csv-rows';

/** Every record as [line, cells of the columns]. */
const read = (text: string) => {
  const { columns, rows } = readCsv(text, 'table.csv');
  return rows.map(({ line, cell }) => [line, ...columns.map(cell)]);
};

describe('CSV is read', () => {
  it('with separators, line breaks and quotes within quotes', () => {
    const text = 'scan,note\r\n"a, b","say ""x"""\r\n"two\r\nlines",plain\r\nlast,x\r\n';
    expect(read(text)).toEqual([
      [2, 'a, b', 'say "x"'],
      [3, 'two\r\nlines', 'plain'],
      [5, 'last', 'x'],
    ]);
  });

  it.each([
    ['line feeds', 'scan,fold\na,0\nb,1'],
    ['carriage returns', 'scan,fold\ra,0\rb,1\r'],
    ['a byte order mark and CRLF', '\uFEFFscan,fold\r\na,0\r\nb,1\r\n'],
    ['semicolons', 'scan;fold\na;0\nb;1\n'],
    ['tabs', 'scan\tfold\na\t0\nb\t1\n'],
    ['space around cells and quotes', ' scan , fold \n a , "0" \nb,1\n'],
  ])('with %s', (_, text) => {
    expect(read(text)).toEqual([
      [2, 'a', '0'],
      [3, 'b', '1'],
    ]);
  });

  it('with empty lines, short records and a separator at the end, and keeps count of lines', () => {
    expect(read('a,b\n\n1\n,\n2,\n\n3,4')).toEqual([
      [3, '1', ''],
      [5, '2', ''],
      [7, '3', '4'],
    ]);
    expect(read('a,b\n1,')).toEqual([[2, '1', '']]);
  });

  it('with a comma in a quoted name of a column, which is no separator', () => {
    expect(readCsv('"a,b";c\n1;2', 'x').columns).toEqual(['a,b', 'c']);
  });

  it('with names of columns in any letters', () => {
    const [row] = readCsv('Scan,FOLD\nx,1', 'x').rows;
    expect([row?.cell('scan'), row?.cell('fold'), row?.cell('none')]).toEqual(['x', '1', '']);
  });

  it('when there is nothing in it', () => {
    expect(readCsv('', 'x')).toEqual({ columns: [], rows: [] });
  });
});

describe('CSV is refused with the line', () => {
  it.each([
    ['a,b\n1,"2\n3', 'table.csv, line 2: a quote is opened and never closed'],
    ['a,b\n1,2\n"x"y,3', 'table.csv, line 3: text follows a closing quote'],
  ])('%j', (text, sentence) => {
    expect(() => read(text)).toThrow(sentence);
  });
});
