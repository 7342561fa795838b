import { HeldoutError } from '#src/contracts/failure';
import { ByteReader, ByteWriter } from './varint';

/**
 * A journal entry is what one finished action did to a mask. Version 1: a version byte, a type byte, and for a stroke
 * runs of voxels in ascending linear order: varint gap since the end of the run before, varint length, label before,
 * label after. Undo and redo have no body: they are replayed on the stack that the strokes before them built.
 */
const VERSION = 1;
const TYPES = ['stroke', 'undo', 'redo'] as const;
export type EntryType = (typeof TYPES)[number];

/** One run of voxels that changed from one label to another. */
export interface ChangedRun {
  readonly start: number;
  readonly length: number;
  readonly before: number;
  readonly after: number;
}

/** Collects changed voxels in ascending order into the runs of a stroke. */
export class StrokeEncoder {
  readonly #writer = new ByteWriter();
  #start = 0;
  #end = 0;
  #before = -1;
  #after = -1;
  #previousEnd = 0;
  changed = 0;

  constructor() {
    this.#writer.byte(VERSION);
    this.#writer.byte(TYPES.indexOf('stroke'));
  }

  add(index: number, before: number, after: number): void {
    this.changed += 1;
    if (index === this.#end && before === this.#before && after === this.#after) {
      this.#end += 1;
      return;
    }
    this.#flush();
    this.#start = index;
    this.#end = index + 1;
    this.#before = before;
    this.#after = after;
  }

  #flush(): void {
    if (this.#before < 0) return;
    this.#writer.varint(this.#start - this.#previousEnd);
    this.#writer.varint(this.#end - this.#start);
    this.#writer.byte(this.#before);
    this.#writer.byte(this.#after);
    this.#previousEnd = this.#end;
  }

  take(): Uint8Array {
    this.#flush();
    return this.#writer.take();
  }
}

/** An entry without a body. */
export function encodeStep(type: 'undo' | 'redo'): Uint8Array {
  return Uint8Array.of(VERSION, TYPES.indexOf(type));
}

/** The type of an entry. @throws HeldoutError `input` for an entry of a newer version or none at all */
export function entryType(entry: Uint8Array): EntryType {
  if (entry[0] !== VERSION)
    throw new HeldoutError(
      'input',
      'A stroke was written by a newer version of Heldout: open the project with that one.',
    );
  const type = TYPES[entry[1] ?? -1];
  if (type === undefined)
    throw new HeldoutError('input', 'A stored stroke is damaged: restore the mask from a backup.');
  return type;
}

/**
 * The runs of a stroke, in ascending order.
 *
 * @param count voxels of the mask; a run that lies outside is refused
 * @throws HeldoutError `input` when the entry is damaged
 */
export function strokeRuns(entry: Uint8Array, count: number): ChangedRun[] {
  const runs: ChangedRun[] = [];
  const reader = new ByteReader(entry.subarray(2));
  let end = 0;
  while (!reader.done) {
    const start = end + reader.varint();
    const length = reader.varint();
    end = start + length;
    if (length < 1 || end > count)
      throw new HeldoutError(
        'input',
        'A stored stroke lies outside its scan: restore the mask from a backup.',
      );
    runs.push({ start, length, before: reader.byte(), after: reader.byte() });
  }
  return runs;
}
