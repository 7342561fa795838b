import { open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { explainWriteError, syncFolder } from './atomic-file';

/** One record of a mask's journal: what was appended, and its number. */
export interface JournalRecord {
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** Bytes before the payload: uint32 length, uint32 sequence, uint32 CRC-32 of sequence and payload. */
const HEAD = 12;

function checksum(sequence: number, payload: Uint8Array): number {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(sequence);
  return crc32(payload, crc32(head));
}

/**
 * All whole records of a journal, and how many bytes they take. A record that a crash cut off ends the journal:
 * nothing after it was ever acknowledged.
 */
export async function readJournal(path: string): Promise<{ records: JournalRecord[]; length: number }> {
  const records: JournalRecord[] = [];
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { records, length: 0 };
    throw error;
  }
  let at = 0;
  while (at + HEAD <= bytes.length) {
    const size = bytes.readUInt32LE(at);
    const sequence = bytes.readUInt32LE(at + 4);
    if (at + HEAD + size > bytes.length) break;
    const payload = new Uint8Array(bytes.subarray(at + HEAD, at + HEAD + size));
    if (checksum(sequence, payload) !== bytes.readUInt32LE(at + 8)) break;
    records.push({ sequence, payload });
    at += HEAD + size;
  }
  return { records, length: at };
}

/** Appends records durably and one after the other. */
export class JournalWriter {
  #pending: Promise<void> = Promise.resolve();

  private constructor(
    readonly path: string,
    readonly handle: FileHandle,
    private length: number,
  ) {}

  /** Opens a journal for appending after its `length` whole bytes; what a crash left behind them is cut off. */
  static async open(path: string, length: number): Promise<JournalWriter> {
    const handle = await open(path, 'a');
    await handle.truncate(length);
    // A journal whose name is lost in a power cut would take its strokes along.
    await syncFolder(dirname(path));
    return new JournalWriter(path, handle, length);
  }

  /**
   * Resolves when the record is on disk.
   *
   * @throws HeldoutError `resource` when the disk is full; the records before it are whole
   */
  append(record: JournalRecord): Promise<void> {
    const { sequence, payload } = record;
    const head = Buffer.alloc(HEAD);
    head.writeUInt32LE(payload.length, 0);
    head.writeUInt32LE(sequence, 4);
    head.writeUInt32LE(checksum(sequence, payload), 8);
    const written = this.#pending.then(async () => {
      try {
        await this.handle.appendFile(Buffer.concat([head, payload]));
        await this.handle.datasync();
        this.length += HEAD + payload.length;
      } catch (error) {
        // A part of the record may have been written: cut it off, or it would end the journal for the next ones.
        await truncate(this.path, this.length);
        throw explainWriteError(error, this.path);
      }
    });
    this.#pending = written.catch(() => undefined);
    return written;
  }

  /** Resolves when every record appended so far is on disk or has failed. */
  async settled(): Promise<void> {
    await this.#pending;
  }

  /** Forgets all records, once a snapshot holds them. */
  async clear(): Promise<void> {
    await this.#pending;
    await this.handle.truncate(0);
    await this.handle.sync();
    this.length = 0;
  }

  async close(): Promise<void> {
    await this.#pending;
    await this.handle.close();
  }
}
