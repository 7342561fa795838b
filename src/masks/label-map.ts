import type { Dims, Vector3 } from '#src/imaging/geometry';
import type { Plane } from '#src/imaging/slices';
import { capsuleBox, capsuleTest, type Box, type Brush } from './brush';
import { encodeStep, entryType, StrokeEncoder, strokeRuns } from './journal';
import { traceOutlines } from './outline';
import { EVERYTHING, type Overwritable } from './paint-over';

export type { Box, Brush } from './brush';

/** A slice as it was before the stroke, and the rows of it that the stroke may have touched. */
interface TouchedSlice {
  readonly before: Uint8Array;
  firstRow: number;
  lastRow: number;
}

const OUTLINES_KEPT = 24;

/**
 * The labels of one scan while they are edited: one label number (0 = background) per voxel, i fastest. One stroke is
 * one undo unit and one journal entry; a journal replayed from the start gives the same labels and the same undo stack.
 */
export class LabelMap {
  version = 0;
  readonly #undo: Uint8Array[] = [];
  readonly #redo: Uint8Array[] = [];
  readonly #listeners = new Set<(box: Box) => void>();
  readonly #outlines = new Map<string, ReadonlyMap<number, number[]>>();
  #touched: Map<number, TouchedSlice> | null = null;

  /**
   * @param labels edited in place; dims[0] x dims[1] x dims[2] values
   * @param maximumUndo how many strokes can be undone
   */
  constructor(
    readonly labels: Uint8Array,
    readonly dims: Dims,
    readonly maximumUndo = 500,
  ) {
    if (labels.length !== dims[0] * dims[1] * dims[2]) throw new RangeError('labels do not fill the grid');
  }

  get canUndo(): boolean {
    return this.#undo.length > 0;
  }

  get canRedo(): boolean {
    return this.#redo.length > 0;
  }

  /** Whether a stroke has begun and not ended. */
  get isInStroke(): boolean {
    return this.#touched !== null;
  }

  /** Calls `listener` with the box of voxels that may have changed; returns how to stop that. */
  onChange(listener: (box: Box) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  beginStroke(): void {
    this.#touched ??= new Map();
  }

  /**
   * Paints every voxel within the brush's radius of the segment between two fractional voxel indices, so that fast
   * strokes have no gaps; equal ends are a single dab. What the brush must not write over stays.
   */
  paintCapsule(from: Vector3, to: Vector3, brush: Brush): void {
    const touched = this.#touched;
    if (touched === null) throw new Error('paintCapsule outside a stroke');
    const box = capsuleBox(this.dims, from, to, brush);
    if (box === null) return;
    const inside = capsuleTest(from, to, brush);
    const [nx, ny] = this.dims;
    const { labels } = this;
    const { label, over = EVERYTHING, range } = brush;
    for (let k = box.min[2]; k <= box.max[2]; k += 1) {
      this.#keep(touched, k, box.min[1], box.max[1]);
      for (let j = box.min[1]; j <= box.max[1]; j += 1) {
        const row = (k * ny + j) * nx;
        for (let i = box.min[0]; i <= box.max[0]; i += 1) {
          const present = labels[row + i] ?? 0;
          if (present === label || over[present] === 0) continue;
          if (!inside(i, j, k)) continue;
          if (range !== undefined) {
            const sample = range.samples[row + i] ?? Number.NaN;
            if (!(sample >= range.low && sample <= range.high)) continue;
          }
          labels[row + i] = label;
        }
      }
    }
    this.#changed(box);
  }

  /**
   * Gives voxels a label as one step that can be undone.
   *
   * @param voxels their offsets, i fastest, in any order
   * @param over what may be written over
   * @returns the journal entry, or null when nothing changed
   */
  write(voxels: ArrayLike<number>, label: number, over: Overwritable): Uint8Array | null {
    if (this.#touched !== null) throw new Error('write within a stroke');
    this.beginStroke();
    this.paintVoxels(voxels, label, over);
    return this.commitStroke();
  }

  /**
   * Gives voxels a label as a part of the stroke.
   *
   * @param voxels their offsets, i fastest, in any order
   * @param over what may be written over
   * @returns how many voxels changed
   */
  paintVoxels(voxels: ArrayLike<number>, label: number, over: Overwritable): number {
    const touched = this.#touched;
    if (touched === null) throw new Error('paintVoxels outside a stroke');
    const [nx, ny, nz] = this.dims;
    const min: [number, number, number] = [nx, ny, nz];
    const max: [number, number, number] = [0, 0, 0];
    let changed = 0;
    for (let n = 0; n < voxels.length; n += 1) {
      const at = voxels[n] ?? -1;
      const present = this.labels[at];
      if (present === undefined || present === label || over[present] === 0) continue;
      const i = at % nx;
      const row = (at - i) / nx;
      const j = row % ny;
      const k = (row - j) / ny;
      this.#keep(touched, k, j, j);
      this.labels[at] = label;
      changed += 1;
      if (i < min[0]) min[0] = i;
      if (i > max[0]) max[0] = i;
      if (j < min[1]) min[1] = j;
      if (j > max[1]) max[1] = j;
      if (k < min[2]) min[2] = k;
      if (k > max[2]) max[2] = k;
    }
    if (changed > 0) this.#changed({ min, max });
    return changed;
  }

  /** Ends the stroke. Returns its journal entry, or null when it changed nothing. */
  commitStroke(): Uint8Array | null {
    const touched = this.#touched;
    this.#touched = null;
    if (touched === null) return null;
    const [nx, ny] = this.dims;
    const encoder = new StrokeEncoder();
    for (const [k, slice] of [...touched].sort(([a], [b]) => a - b)) {
      const offset = k * nx * ny;
      for (let at = slice.firstRow * nx; at < (slice.lastRow + 1) * nx; at += 1) {
        const before = slice.before[at] ?? 0;
        const after = this.labels[offset + at] ?? 0;
        if (before !== after) encoder.add(offset + at, before, after);
      }
    }
    if (encoder.changed === 0) return null;
    const entry = encoder.take();
    this.#push(entry);
    return entry;
  }

  /** Ends the stroke and takes back what it painted. */
  cancelStroke(): void {
    const touched = this.#touched;
    this.#touched = null;
    if (touched === null) return;
    const [nx, ny] = this.dims;
    for (const [k, slice] of touched) {
      this.labels.set(slice.before, k * nx * ny);
      this.#changed({ min: [0, slice.firstRow, k], max: [nx - 1, slice.lastRow, k] });
    }
  }

  /** Takes back the last stroke; returns the journal entry of that, or null when there is none. */
  undo(): Uint8Array | null {
    const entry = this.#undo.pop();
    if (entry === undefined) return null;
    this.#redo.push(entry);
    this.#apply(entry, 'before');
    return encodeStep('undo');
  }

  /** Does the last undone stroke again; returns the journal entry of that, or null when there is none. */
  redo(): Uint8Array | null {
    const entry = this.#redo.pop();
    if (entry === undefined) return null;
    this.#undo.push(entry);
    this.#apply(entry, 'after');
    return encodeStep('redo');
  }

  /** Applies a stored journal entry as if the action were done now. @throws HeldoutError `input` when it is damaged */
  replay(entry: Uint8Array): void {
    const type = entryType(entry);
    if (type === 'undo') this.undo();
    else if (type === 'redo') this.redo();
    else {
      this.#apply(entry, 'after');
      this.#push(entry);
    }
  }

  /**
   * The shortest journal that leads to the present labels and to the present undo and redo stacks, and the labels
   * that it starts from: what a snapshot keeps, so that undo works after reopening.
   */
  history(): { readonly base: Uint8Array; readonly entries: readonly Uint8Array[] } {
    const base = this.labels.slice();
    for (const entry of [...this.#undo].reverse())
      for (const run of strokeRuns(entry, base.length))
        base.fill(run.before, run.start, run.start + run.length);
    const undone = [...this.#redo].reverse();
    return { base, entries: [...this.#undo, ...undone, ...undone.map(() => encodeStep('undo'))] };
  }

  /**
   * Outlines of a slice along voxel edges, shared by all views of it until the next change.
   *
   * @returns label to [x0, y0, x1, y1, …], see {@link traceOutlines}
   */
  outline(plane: Plane, slice: number): ReadonlyMap<number, number[]> {
    const key = `${plane}/${slice}/${this.version}`;
    const known = this.#outlines.get(key);
    if (known !== undefined) return known;
    const traced = traceOutlines(this.labels, this.dims, plane, slice);
    const oldest = this.#outlines.keys().next();
    if (this.#outlines.size >= OUTLINES_KEPT && oldest.done !== true) this.#outlines.delete(oldest.value);
    this.#outlines.set(key, traced);
    return traced;
  }

  #keep(touched: Map<number, TouchedSlice>, k: number, firstRow: number, lastRow: number): void {
    const size = this.dims[0] * this.dims[1];
    const slice = touched.get(k);
    if (slice === undefined) {
      touched.set(k, { before: this.labels.slice(k * size, (k + 1) * size), firstRow, lastRow });
    } else {
      slice.firstRow = Math.min(slice.firstRow, firstRow);
      slice.lastRow = Math.max(slice.lastRow, lastRow);
    }
  }

  #push(entry: Uint8Array): void {
    this.#undo.push(entry);
    if (this.#undo.length > this.maximumUndo) this.#undo.shift();
    this.#redo.length = 0;
  }

  #apply(entry: Uint8Array, side: 'before' | 'after'): void {
    const runs = strokeRuns(entry, this.labels.length);
    const [nx, ny] = this.dims;
    const min: [number, number, number] = [nx, ny, this.dims[2]];
    const max: [number, number, number] = [0, 0, 0];
    for (const run of runs) {
      this.labels.fill(run[side], run.start, run.start + run.length);
      const last = run.start + run.length - 1;
      const [k0, k1] = [Math.floor(run.start / (nx * ny)), Math.floor(last / (nx * ny))];
      const [j0, j1] = [Math.floor(run.start / nx) % ny, Math.floor(last / nx) % ny];
      // A run that crosses rows covers whole rows, and one that crosses slices covers whole slices.
      const crosses = k0 !== k1 || j0 !== j1;
      min[0] = Math.min(min[0], crosses ? 0 : run.start % nx);
      max[0] = Math.max(max[0], crosses ? nx - 1 : last % nx);
      min[1] = Math.min(min[1], k0 === k1 ? j0 : 0);
      max[1] = Math.max(max[1], k0 === k1 ? j1 : ny - 1);
      min[2] = Math.min(min[2], k0);
      max[2] = Math.max(max[2], k1);
    }
    if (runs.length > 0) this.#changed({ min, max });
  }

  #changed(box: Box): void {
    this.version += 1;
    for (const listener of this.#listeners) listener(box);
  }
}
