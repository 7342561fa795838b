import type { UnblindedReading } from '#src/contracts/documents/reading';
import { csv } from './tables';

/**
 * One row for each case of a finished reading, as CSV: what was shown (from left to right where there were two), the
 * answer that counts, the seconds of all looks at the case, and how many answers were given.
 */
export function readingTable({ session, cases, answers }: UnblindedReading): string {
  return csv([
    [
      ...['reading', 'reader', 'case', 'repeatOf', 'question', 'patient', 'scan'],
      ...['run', 'side', 'rightRun', 'rightSide', 'answer', 'seconds', 'answers', 'at', 'note'],
    ],
    ...cases.map(({ number, repeats, question, patient, scan, shown: [left, right] }) => {
      const given = answers.filter((each) => each.number === number);
      const last = given.at(-1);
      return [
        ...[session.id, session.reader, number, repeats, question, patient, scan],
        ...[
          left?.run ?? null,
          left?.side ?? null,
          right?.run ?? null,
          right?.side ?? null,
          last?.answer ?? null,
        ],
        given.length === 0 ? null : given.reduce((sum, { seconds }) => sum + seconds, 0),
        ...[given.length, last?.at ?? null, last?.note ?? null],
      ];
    }),
  ]);
}
