import Libsql from 'libsql';
import { HeldoutError } from '#src/contracts/failure';
import { SCHEMA_STEPS, SCHEMA_VERSION } from './schema';

type Value = string | number | null | Uint8Array;
export type Row = Readonly<Record<string, unknown>>;

/** The registry's SQLite database: WAL, every commit on disk before it counts. */
export class Database {
  readonly #libsql: Libsql.Database;
  readonly #statements = new Map<string, Libsql.Statement<[readonly Value[]]>>();

  private constructor(libsql: Libsql.Database) {
    this.#libsql = libsql;
  }

  /**
   * Opens or creates the database and brings it to the present version, in one transaction.
   *
   * @throws HeldoutError `input` when it is newer than this program (nothing is touched) or damaged
   */
  static open(path: string): Database {
    let database: Database;
    try {
      database = new Database(new Libsql(path));
      const version = Number(database.get('pragma user_version', [])?.['user_version']);
      if (version > SCHEMA_VERSION)
        throw new HeldoutError(
          'input',
          `This project's registry has version ${version}, and this Heldout knows up to ${SCHEMA_VERSION}: install a newer Heldout. Nothing was changed.`,
        );
      for (const pragma of [
        'journal_mode = wal',
        'synchronous = full',
        'foreign_keys = on',
        'busy_timeout = 5000',
      ])
        database.#libsql.exec(`pragma ${pragma}`);
      for (let from = version; from < SCHEMA_VERSION; from += 1) {
        const step = SCHEMA_STEPS[from] ?? '';
        database.transaction(() => {
          database.#libsql.exec(step);
          database.#libsql.exec(`pragma user_version = ${from + 1}`);
        });
      }
    } catch (error) {
      throw explain(error);
    }
    return database;
  }

  all(sql: string, parameters: readonly Value[]): Row[] {
    return this.#statement(sql).all(parameters) as Row[];
  }

  get(sql: string, parameters: readonly Value[]): Row | undefined {
    return this.#statement(sql).get(parameters) as Row | undefined;
  }

  /** Runs a statement; returns the id of the row that it inserted. */
  run(sql: string, parameters: readonly Value[]): number {
    try {
      return Number(this.#statement(sql).run(parameters).lastInsertRowid);
    } catch (error) {
      throw explain(error);
    }
  }

  /** All or nothing: an error inside takes everything back. */
  transaction<T>(work: () => T): T {
    this.#libsql.exec('begin immediate');
    try {
      const result = work();
      this.#libsql.exec('commit');
      return result;
    } catch (error) {
      try {
        this.#libsql.exec('rollback');
      } catch {
        // SQLite rolls back by itself after a full disk; the first error is the one that matters.
      }
      throw explain(error);
    }
  }

  /**
   * Closes it with everything in the one file, so that a person may copy that. Leaving WAL mode removes its files now:
   * libsql lets go of the connection only when its statements are collected, and would remove them then, under the
   * hands of whoever opened the database in the meantime.
   */
  close(): void {
    this.#libsql.exec('pragma journal_mode = delete');
    this.#statements.clear();
    this.#libsql.close();
  }

  #statement(sql: string): Libsql.Statement<[readonly Value[]]> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#libsql.prepare<[readonly Value[]]>(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function explain(error: unknown): unknown {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  if (code.startsWith('SQLITE_FULL'))
    return new HeldoutError(
      'resource',
      'The disk is full: the registry could not be written. Free some space and do it again; what was saved before is whole.',
    );
  if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT'))
    return new HeldoutError(
      'input',
      "The project's registry.db is damaged: restore the project from a backup.",
      String(error),
    );
  return error;
}
