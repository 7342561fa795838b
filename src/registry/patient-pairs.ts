import { HeldoutError } from '../contracts/failure';

/** Two patients that are one person, as a line of a file names them. */
export interface PatientPair {
  /** Counted from 1. */
  readonly line: number;
  /** The second one is merged into the first. */
  readonly patients: readonly [string, string];
}

/** Words of a first line that names columns. */
const COLUMN_NAME =
  /^(?:(?:patient|person|id|code|keep|kept|merge|merged|other|first|second|same|as|left|right|[ab12])[ _-]*)+$/iu;

/**
 * Pairs of patients from a CSV: two columns, separated by comma, semicolon or tab; cells may stand in double quotes. A
 * first line that only names the columns is left out, and so are empty lines.
 *
 * @param isPatient whether the project has a patient of this name: such a first line is a pair, whatever it looks like
 * @throws HeldoutError `input` with the number of the line, and nothing of what it says: that may be an identity
 */
export function parsePatientPairs(text: string, isPatient: (name: string) => boolean): PatientPair[] {
  const pairs: PatientPair[] = [];
  for (const [index, content] of text
    .replace(/^\uFEFF/u, '')
    .split(/\r\n|\n|\r/u)
    .entries()) {
    if (content.trim() === '') continue;
    const line = index + 1;
    const [first, second, ...more] = cellsOf(content);
    if (first === undefined || second === undefined || more.length > 0)
      throw wrong(line, 'needs two columns, the patient to keep and the one to merge into it');
    if (first === '' || second === '') throw wrong(line, 'has an empty column');
    const isHead =
      pairs.length === 0 && [first, second].every((cell) => COLUMN_NAME.test(cell) && !isPatient(cell));
    if (!isHead) pairs.push({ line, patients: [first, second] });
  }
  if (pairs.length === 0)
    throw new HeldoutError('input', 'The file of pairs names nobody: it needs two columns of patients.');
  return pairs;
}

function cellsOf(line: string): string[] {
  const separator = [',', ';', '\t'].find((mark) => line.replace(/"[^"]*"/gu, '').includes(mark)) ?? ',';
  const cells = [''];
  let isQuoted = false;
  for (const mark of line) {
    if (mark === '"') isQuoted = !isQuoted;
    else if (mark === separator && !isQuoted) cells.push('');
    else cells.push(`${cells.pop() ?? ''}${mark}`);
  }
  return cells.map((cell) => cell.trim());
}

const wrong = (line: number, why: string) =>
  new HeldoutError('input', `Line ${line} of the pairs ${why}. Nothing was merged.`);
