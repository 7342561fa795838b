import * as v from 'valibot';
import { HeldoutError } from '#src/contracts/failure';
import { MARKS, PREFERENCES, QUESTIONS } from '#src/readers/reading';
import type { SessionRecord, SessionState, StoredAnswer, StoredCase } from '#src/readers/session';
import type { Database, Row } from './database';

const plan = v.object({
  questions: v.array(v.picklist(QUESTIONS)),
  count: v.number(),
  repeatShare: v.number(),
  seed: v.number(),
  salt: v.number(),
  runs: v.array(v.string()),
});
const shown = v.array(
  v.object({ run: v.string(), side: v.picklist(['seen', 'heldOut']), prediction: v.string() }),
);
const state = v.picklist(['reading', 'paused', 'finished']);
const answer = v.picklist([...MARKS, ...PREFERENCES]);
const question = v.picklist(QUESTIONS);

/** What a new session is made of. */
export type NewSession = Omit<SessionRecord, 'id' | 'state' | 'startedAt' | 'finishedAt'>;

/** Blinded readings with the hidden side of their cases. Synchronous; each method is one transaction. */
export class Readings {
  constructor(private readonly database: Database) {}

  /** Stores a session with all of its cases. */
  add(session: NewSession, cases: readonly StoredCase[]): SessionRecord {
    const { reader, ...document } = session;
    const id = this.database.transaction(() => {
      const added = this.database.run(
        "insert into readings (reader, state, started_at, plan) values (?, 'reading', ?, ?)",
        [reader, new Date().toISOString(), JSON.stringify(document)],
      );
      for (const each of cases)
        this.database.run(
          `insert into reading_cases (reading_id, number, question, scan_id, shown, repeats)
           select ?, ?, ?, id, ?, ? from scans where scan = ?`,
          [added, each.number, each.question, JSON.stringify(each.shown), each.repeats, each.scan],
        );
      return added;
    });
    return this.session(id);
  }

  /** Every session, the newest first. */
  sessions(): SessionRecord[] {
    return this.database.all('select * from readings order by id desc', []).map(sessionOf);
  }

  /** @throws HeldoutError `not-found` */
  session(id: number): SessionRecord {
    const row = this.database.get('select * from readings where id = ?', [id]);
    if (row === undefined)
      throw new HeldoutError('not-found', `There is no reading ${id}. See: heldout readings list.`);
    return sessionOf(row);
  }

  /** The cases of a session in their order, each with the patient that its scan has today. */
  cases(id: number): StoredCase[] {
    return this.database
      .all(
        `select c.*, s.scan, person.patient from reading_cases c
         join scans s on s.id = c.scan_id join patients own on own.id = s.patient_id
         join patients person on person.id = coalesce(own.person_id, own.id)
         where c.reading_id = ? order by c.number`,
        [id],
      )
      .map((row) => ({
        number: Number(row['number']),
        question: v.parse(question, row['question']),
        patient: String(row['patient']),
        scan: String(row['scan']),
        shown: v.parse(shown, JSON.parse(String(row['shown']))),
        repeats: row['repeats'] === null ? null : Number(row['repeats']),
      }));
  }

  /** Every answer ever given, oldest first: the last one to a case counts. */
  answers(id: number): StoredAnswer[] {
    return this.database
      .all('select * from reading_answers where reading_id = ? order by id', [id])
      .map((row) => ({
        number: Number(row['number']),
        answer: v.parse(answer, row['answer']),
        at: String(row['at']),
        seconds: Number(row['seconds']),
        note: String(row['note']),
      }));
  }

  addAnswer(id: number, given: Omit<StoredAnswer, 'at'>): void {
    this.database.run(
      'insert into reading_answers (reading_id, number, at, answer, seconds, note) values (?, ?, ?, ?, ?, ?)',
      [id, given.number, new Date().toISOString(), given.answer, given.seconds, given.note],
    );
  }

  /** Pauses, resumes or finishes a session. */
  setState(id: number, to: SessionState): SessionRecord {
    this.database.run('update readings set state = ?, finished_at = ? where id = ?', [
      to,
      to === 'finished' ? new Date().toISOString() : null,
      id,
    ]);
    return this.session(id);
  }
}

function sessionOf(row: Row): SessionRecord {
  return {
    id: Number(row['id']),
    reader: String(row['reader']),
    state: v.parse(state, row['state']),
    startedAt: String(row['started_at']),
    finishedAt: row['finished_at'] === null ? null : String(row['finished_at']),
    ...v.parse(plan, JSON.parse(String(row['plan']))),
  };
}
