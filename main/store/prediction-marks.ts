import * as v from 'valibot';
import { MARKS } from '#src/readers/reading';
import type { PredictionMark } from '#src/readers/session';
import type { Database } from './database';

const mark = v.nullable(v.picklist(MARKS));

/** Notes and marks of readers on predictions: one for each scan, run and reader. */
export class PredictionMarks {
  constructor(private readonly database: Database) {}

  /** Keeps a mark and a note in place of the reader's earlier ones; without both, nothing is left. */
  set({ scan, run, reader, mark: given, note }: Omit<PredictionMark, 'patient' | 'at'>): void {
    if (given === null && note === '')
      this.database.run(
        'delete from marks where run = ? and reader = ? and scan_id = (select id from scans where scan = ?)',
        [run, reader, scan],
      );
    else
      this.database.run(
        `insert into marks (scan_id, run, reader, mark, note, at) select id, ?, ?, ?, ?, ? from scans where scan = ?
         on conflict (scan_id, run, reader) do update set mark = excluded.mark, note = excluded.note, at = excluded.at`,
        [run, reader, given, note, new Date().toISOString(), scan],
      );
  }

  /** Marks on the predictions of one run by patient, scan and reader, each with the patient of today. */
  of(run: string): PredictionMark[] {
    return this.database
      .all(
        `select m.*, s.scan, person.patient from marks m
         join scans s on s.id = m.scan_id join patients own on own.id = s.patient_id
         join patients person on person.id = coalesce(own.person_id, own.id)
         where m.run = ? order by person.id, s.id, m.reader`,
        [run],
      )
      .map((row) => ({
        patient: String(row['patient']),
        scan: String(row['scan']),
        run: String(row['run']),
        reader: String(row['reader']),
        mark: v.parse(mark, row['mark']),
        note: String(row['note']),
        at: String(row['at']),
      }));
  }
}
