import { HeldoutError } from './failure';

/** One record of a CSV file: its cells by the names of the columns, as the first record writes them. */
export interface CsvRow {
  /** Line of the file on which the record begins, from 1. */
  readonly line: number;
  /** Text of a cell; '' where the record is too short or there is no such column. */
  cell(column: string): string;
}

export interface CsvTable {
  /** Names of the columns in order, without space around them. */
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
}

const SEPARATORS = [',', ';', '\t'] as const;

/**
 * Reads CSV (RFC 4180): quoted cells may hold separators, line breaks and doubled quotes. Also read: a byte order mark,
 * any kind of line end, space around cells, empty lines, and the semicolons or tabs that spreadsheets write in some
 * languages (the first line decides). Names of columns are found in small and capital letters alike.
 *
 * @param what names the file in sentences: its name, or what it is
 * @throws HeldoutError `input`, with the line, for a quote that is not closed or stands within a cell
 */
export function readCsv(text: string, what: string): CsvTable {
  const [header, ...records] = recordsOf(text.replace(/^\uFEFF/u, ''), what);
  const columns = header?.cells ?? [];
  const names = columns.map((column) => column.toLowerCase());
  return {
    columns,
    rows: records.map(({ line, cells }) => ({
      line,
      cell: (column) => cells[names.indexOf(column.toLowerCase())] ?? '',
    })),
  };
}

interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

function recordsOf(text: string, what: string): CsvRecord[] {
  const separator = separatorOf(text);
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let start = 1;
  let line = 1;
  let at = 0;
  const endRecord = () => {
    if (cells.some((cell) => cell !== '')) records.push({ line: start, cells });
    cells = [];
    start = line;
  };
  while (at < text.length) {
    while (isSpace(text[at], separator)) at += 1;
    let cell = '';
    if (text[at] === '"') {
      const opened = line;
      at += 1;
      for (;;) {
        const end = text.indexOf('"', at);
        if (end < 0)
          throw new HeldoutError('input', `${what}, line ${opened}: a quote is opened and never closed.`);
        const part = text.slice(at, end);
        cell += part;
        line += part.split(/\r\n|\r|\n/u).length - 1;
        at = end + 1;
        if (text[at] !== '"') break;
        cell += '"';
        at += 1;
      }
      while (isSpace(text[at], separator)) at += 1;
    } else {
      const begin = at;
      while (at < text.length && !isEnd(text[at], separator)) at += 1;
      cell = text.slice(begin, at).trim();
    }
    if (at < text.length && !isEnd(text[at], separator))
      throw new HeldoutError(
        'input',
        `${what}, line ${line}: text follows a closing quote. Write a quote within a cell twice.`,
      );
    cells.push(cell);
    if (text[at] === separator) {
      at += 1;
      // A separator at the very end is followed by one more cell, which is empty.
      if (at === text.length) cells.push('');
    } else if (at < text.length) {
      at += text.startsWith('\r\n', at) ? 2 : 1;
      line += 1;
      endRecord();
    }
  }
  endRecord();
  return records;
}

/** The separator that the first line holds outside of quotes; a comma where it holds none. */
function separatorOf(text: string): string {
  const [first = ''] = text.replaceAll(/"[^"]*"/gu, '').split(/\r|\n/u, 1);
  return SEPARATORS.find((separator) => first.includes(separator)) ?? ',';
}

const isSpace = (character: string | undefined, separator: string) =>
  character === ' ' || (character === '\t' && separator !== '\t');
const isEnd = (character: string | undefined, separator: string) =>
  character === separator || character === '\n' || character === '\r';
