import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenedMask } from '#src/contracts/channels';
import { HeldoutError } from '#src/contracts/failure';
import { voxelCount, type Geometry } from '#src/imaging/geometry';
import { entryType } from '#src/masks/journal';
import { LabelMap } from '#src/masks/label-map';
import { countLabels } from '#src/masks/label-counts';
import type { MaskStatus, MaskSummary } from '#src/registry/records';
import { JournalWriter, readJournal } from './journal-file';
import { readMaskFile, writeMaskFile } from './mask-file';
import type { Registry } from './registry';
import type { VoxelStore } from './voxel-store';

const REFERENCE = 'reference';

interface SaveOptions {
  /** Whose mask it is; by default the reference. */
  readonly reader?: string;
  readonly status?: MaskStatus;
}

/** A mask that is open for painting. */
interface OpenMask {
  readonly writer: JournalWriter;
  sequence: number;
  /** How many have it open; only the first may paint. */
  holders: number;
}

/**
 * The masks of a project: a snapshot each, and a journal of the strokes since. A stroke counts as saved when
 * {@link append} resolves; a crash loses at most the one under the pen.
 */
export class MaskStore {
  readonly #open = new Map<number, OpenMask>();
  readonly #turns = new Map<number, Promise<unknown>>();
  #lastId = 0;

  constructor(
    readonly folder: string,
    readonly registry: Registry,
    readonly voxels: VoxelStore,
  ) {}

  /**
   * Stores a whole mask, as an import does. The same labels again change nothing.
   *
   * @param labels one label per voxel of the scan's grid
   * @throws HeldoutError `conflict` when the scan has another mask of this reader: it is never overwritten
   */
  save(scanId: number, labels: Uint8Array, options: SaveOptions = {}): Promise<MaskSummary> {
    return this.#inTurn(scanId, () => this.#save(scanId, labels, options));
  }

  async #save(scanId: number, labels: Uint8Array, options: SaveOptions): Promise<MaskSummary> {
    const { scan, geometry } = this.registry.scan(scanId);
    if (labels.length !== voxelCount(geometry.dims))
      throw new HeldoutError('input', `The mask for ${scan} has another number of voxels than the scan.`);
    const reader = options.reader ?? REFERENCE;
    const known = this.registry.mask(scanId, reader);
    if (known !== null) {
      const { map } = await this.#load(known.id, geometry);
      if (map.labels.every((label, index) => label === labels[index])) return known;
      if (this.#open.has(known.id) || map.labels.some((label) => label !== 0))
        throw new HeldoutError(
          'conflict',
          `${scan} has a ${reader} mask already, and the new one differs: it was not overwritten. Clear the old one first.`,
        );
    }
    const id = known?.id ?? this.#newId();
    const sequence = known === null ? 0 : (await this.#load(known.id, geometry)).sequence + 1;
    await writeMaskFile(this.#snapshot(id), { dims: geometry.dims, sequence, base: labels, entries: [] });
    return this.registry.putMask({
      id,
      scanId,
      reader,
      status: options.status ?? 'done',
      voxels: countLabels(labels),
    });
  }

  /** Opens the reference mask of a scan for painting; an empty one is made when there is none. */
  open(scanId: number): Promise<OpenedMask> {
    return this.#inTurn(scanId, () => this.#openMask(scanId));
  }

  async #openMask(scanId: number): Promise<OpenedMask> {
    const { geometry } = this.registry.scan(scanId);
    const known = this.registry.mask(scanId, REFERENCE);
    const mask =
      known ?? (await this.#save(scanId, new Uint8Array(voxelCount(geometry.dims)), { status: 'to do' }));
    const { snapshot, records, length, sequence } = await this.#read(mask.id);
    const opened = this.#open.get(mask.id);
    if (opened === undefined) {
      const writer = await JournalWriter.open(this.#journal(mask.id), length);
      this.#open.set(mask.id, { writer, sequence, holders: 1 });
    } else {
      opened.holders += 1;
    }
    return {
      maskId: mask.id,
      status: mask.status,
      readOnly: opened !== undefined,
      labels: snapshot.base,
      entries: [...snapshot.entries, ...records],
    };
  }

  /**
   * Appends one journal entry; resolves when it is on disk.
   *
   * @throws HeldoutError `usage` when the mask is not open or the entry is none, `resource` when the disk is full
   */
  async append(maskId: number, entry: Uint8Array): Promise<void> {
    const open = this.#open.get(maskId);
    if (open === undefined)
      throw new HeldoutError('usage', 'This mask is not open for painting: open its scan again.');
    entryType(entry);
    open.sequence += 1;
    await open.writer.append({ sequence: open.sequence, payload: entry });
    this.registry.touchMask(maskId);
  }

  /** Closes a mask: the journal becomes part of the snapshot, undo included. Strokes that are being saved count. */
  close(maskId: number): Promise<void> {
    const { scanId } = this.registry.maskById(maskId);
    return this.#inTurn(scanId, () => this.#close(maskId));
  }

  async #close(maskId: number): Promise<void> {
    const open = this.#open.get(maskId);
    if (open === undefined) return;
    open.holders -= 1;
    if (open.holders > 0) return;
    this.#open.delete(maskId);
    try {
      // The last strokes may still be on their way to the journal, which is about to be read and emptied.
      await open.writer.settled();
      const { scanId } = this.registry.maskById(maskId);
      const { geometry } = this.registry.scan(scanId);
      const { map, sequence } = await this.#load(maskId, geometry);
      await writeMaskFile(this.#snapshot(maskId), { dims: geometry.dims, sequence, ...map.history() });
      // From here on the snapshot holds every record, so the journal may go; a crash in between is harmless.
      await open.writer.clear();
      this.registry.setMaskVoxels(maskId, countLabels(map.labels));
    } finally {
      await open.writer.close();
    }
  }

  /** Closes every open mask, once what is under way has ended. */
  async closeAll(): Promise<void> {
    while (this.#turns.size > 0) await Promise.all(this.#turns.values());
    for (const [maskId, open] of [...this.#open]) {
      open.holders = 1;
      await this.close(maskId);
    }
  }

  /** The present labels of a scan's reference mask, or null when it has none. */
  labels(scanId: number): Promise<Uint8Array | null> {
    return this.#inTurn(scanId, async () => {
      const mask = this.registry.mask(scanId, REFERENCE);
      if (mask === null) return null;
      return (await this.#load(mask.id, this.registry.scan(scanId).geometry)).map.labels;
    });
  }

  /**
   * Keeps the present labels as an immutable voxel file, so that a run can say exactly which labels it saw.
   *
   * @returns its SHA-256, or null when the scan has no reference mask
   */
  async freeze(scanId: number): Promise<string | null> {
    const labels = await this.labels(scanId);
    if (labels === null) return null;
    return this.voxels.put({ samples: labels, geometry: this.registry.scan(scanId).geometry });
  }

  /** After a crash: takes what the journals hold into account. */
  async recover(): Promise<void> {
    for (const mask of this.registry.masks()) {
      const { records } = await readJournal(this.#journal(mask.id));
      if (records.length === 0) continue;
      const { map } = await this.#load(mask.id, this.registry.scan(mask.scanId).geometry);
      this.registry.setMaskVoxels(mask.id, countLabels(map.labels));
    }
  }

  setStatus(maskId: number, status: MaskStatus): void {
    this.registry.setMaskStatus(maskId, status);
  }

  /**
   * Does one thing after the other for each scan: opening, closing, storing and reading whole masks each take several
   * steps over the same files and numbers, and the app does not wait for one before it asks for the next.
   */
  #inTurn<T>(scanId: number, work: () => Promise<T>): Promise<T> {
    const done = (this.#turns.get(scanId) ?? Promise.resolve()).then(work);
    const turn = done
      .catch(() => undefined)
      .then(() => {
        if (this.#turns.get(scanId) === turn) this.#turns.delete(scanId);
      });
    this.#turns.set(scanId, turn);
    return done;
  }

  /** A number that no mask has, also none that is being written at this moment. */
  #newId(): number {
    this.#lastId = Math.max(this.#lastId + 1, this.registry.nextMaskId());
    return this.#lastId;
  }

  #snapshot(maskId: number): string {
    return join(this.folder, `${maskId}.hms`);
  }

  #journal(maskId: number): string {
    return join(this.folder, `${maskId}.journal`);
  }

  /** The snapshot and the journal entries that it does not include. */
  async #read(maskId: number) {
    const snapshot = await readMaskFile(this.#snapshot(maskId));
    const journal = existsSync(this.#journal(maskId))
      ? await readJournal(this.#journal(maskId))
      : { records: [], length: 0 };
    const newer = journal.records.filter(({ sequence }) => sequence > snapshot.sequence);
    const sequence = newer.at(-1)?.sequence ?? snapshot.sequence;
    return { snapshot, records: newer.map(({ payload }) => payload), length: journal.length, sequence };
  }

  /** The mask as it is now, with its undo stack. */
  async #load(maskId: number, geometry: Geometry) {
    const { snapshot, records, sequence } = await this.#read(maskId);
    const map = new LabelMap(snapshot.base, geometry.dims);
    for (const entry of [...snapshot.entries, ...records]) map.replay(entry);
    return { map, sequence };
  }
}
