import type { OpenedMask, OpenedScan } from '#src/contracts/channels';
import { spacingOf, voxelMillilitres, type Vector3 } from '#src/imaging/geometry';
import { sliceLayout, type Plane } from '#src/imaging/slices';
import { samplesFrom, type Samples } from '#src/imaging/volume';
import type { Brush } from '#src/masks/brush';
import { connectedRegion } from '#src/masks/connected';
import { fillBetween } from '#src/masks/fill-between';
import { islandsOf } from '#src/masks/islands';
import { LabelMap, type Box } from '#src/masks/label-map';
import { countLabels } from '#src/masks/label-counts';
import { overwritable, type Overwritable } from '#src/masks/paint-over';
import type { MaskStatus } from '#src/registry/records';
import { call } from '../../state/bridge';
import { count, fixed } from '../../state/format';
import { workspace } from '../../state/workspace.svelte';
import { autoWindow } from '../../viewer/auto-window';
import type { DisplayWindow } from '../../viewer/base-layer';
import { LassoTool } from './lasso-tool.svelte';
import { MaskJournal, type SaveState } from './mask-journal';
import type { PanePoint } from './pane-point';

export type Tool = 'brush' | 'erase' | 'lasso' | 'fill' | 'move';

/** Said when a tool met only what it may not take. */
const NOT_OVER = 'This may not be painted over: choose what may be in the panel on the right, or with P.';
/** Said when a tool would take voxels from the chosen label and may not. */
const LOCKED = 'The label is locked, so nothing is taken from it: open its lock first.';

const SMALLEST_MM = 0.5;
const LARGEST_MM = 60;

/** One scan and its mask while they are open: image, labels, tools and what is shown. */
export class Annotation {
  readonly samples: Samples;
  readonly map: LabelMap;
  readonly spacing: Vector3;
  readonly journal: MaskJournal;
  readonly lasso = new LassoTool(this);
  tool = $state<Tool>('brush');
  label = $state(1);
  radiusMm = $state(5);
  ball = $state(false);
  fill = $state(0.4);
  outline = $state(1.5);
  visible = $state(true);
  crosshair = $state(true);
  single = $state(false);
  cursor = $state.raw<Vector3>([0, 0, 0]);
  window = $state.raw<DisplayWindow>({ low: 0, high: 1 });
  saving = $state.raw<SaveState>({ kind: 'saved' });
  status = $state<MaskStatus>('to do');
  /** Counts every finished change of the mask: what is drawn from all labels follows it. */
  changes = $state(0);
  canUndo = $state(false);
  canRedo = $state(false);
  /** What lies under the pointer. */
  pointer = $state.raw<Vector3 | null>(null);

  constructor(
    readonly opened: OpenedScan,
    readonly mask: OpenedMask,
  ) {
    const { geometry, sampleType, samples, scan } = opened;
    const [nx, ny, nz] = geometry.dims;
    this.samples = samplesFrom(sampleType, samples, 0, nx * ny * nz);
    this.spacing = spacingOf(geometry);
    this.map = new LabelMap(mask.labels, geometry.dims);
    for (const entry of mask.entries) this.map.replay(entry);
    this.status = mask.status;
    this.cursor = [Math.floor(nx / 2), Math.floor(ny / 2), Math.floor((nz - 1) / 2)];
    const [low, high] = scan.window;
    this.window = high > low ? { low, high } : autoWindow(this.samples);
    this.journal = new MaskJournal(
      (entry) => call('mask.append', { maskId: mask.maskId, entry: Uint8Array.from(entry) }),
      (state) => (this.saving = state),
    );
    this.#followUndo();
  }

  get canPaint(): boolean {
    return !this.mask.readOnly;
  }

  /** The brush for the pointer's plane; `inverted` exchanges brush and eraser. */
  brush(plane: Plane, inverted: boolean): Brush {
    const label = (this.tool === 'erase') !== inverted ? 0 : this.label;
    return {
      radiusMm: this.radiusMm,
      label,
      spacing: this.spacing,
      plane,
      ball: this.ball,
      over: this.over(label),
    };
  }

  /** What may be written over with a label, or erased with 0, by the rule that every tool keeps to. */
  over(label: number): Overwritable {
    return overwritable({ over: workspace.settings.paintOver, locked: workspace.locked }, label, this.label);
  }

  /** Ends a stroke and writes it to the journal. */
  commit(): void {
    this.#done(this.map.commitStroke());
  }

  /** Gives voxels a label, or 0, as one step by the rule of what may be painted over; whether anything changed. */
  write(voxels: ArrayLike<number>, label: number): boolean {
    const entry = this.map.write(voxels, label, this.over(label));
    this.#done(entry);
    return entry !== null;
  }

  /**
   * Gives the region of one label (or of background) about a voxel another one, in its slice; says what is odd about it.
   *
   * @param inverts erase instead
   */
  fillRegion({ index, plane, inverts }: PanePoint): string {
    if (!this.canPaint || this.busy !== '') return this.busy;
    const seed = this.offsetOf(index);
    if (seed === null) return '';
    const { labels, dims } = this.map;
    const present = labels[seed] ?? 0;
    const label = inverts ? 0 : this.label;
    if (present === label)
      return label === 0 ? 'There is no label here to erase.' : 'This region has the label already.';
    const region = connectedRegion(seed, dims, plane, Infinity, (at) => labels[at] === present);
    if (!this.write(region.voxels, label)) return NOT_OVER;
    return region.reachesEdge && present === 0
      ? 'The region reaches the edge of the slice: is its outline closed? Ctrl+Z takes it back.'
      : '';
  }

  /** Why nothing else may be done to the mask now; empty when it may. */
  get busy(): string {
    if (this.map.isInStroke) return 'Finish the stroke first.';
    return this.lasso.isOpen ? 'Finish the lasso first: Enter accepts it, Esc cancels it.' : '';
  }

  /** Fills the slices between those that have the chosen label; says what it did. */
  fillBetween(): string {
    if (!this.canPaint || this.busy !== '') return this.busy;
    const over = this.over(this.label);
    const { voxels, slices } = fillBetween(
      this.map.labels,
      this.opened.geometry.dims,
      this.spacing,
      this.label,
      over,
    );
    this.write(voxels, this.label);
    return slices === 0
      ? 'There is nothing to fill: paint the label in two slices with others between them.'
      : `Filled ${count(slices, 'slices')} with ${this.#millilitres(voxels.length)}.`;
  }

  /** Removes what does not hang together with the chosen label's largest piece; says what it did. */
  removeIslands(): string {
    if (!this.canPaint || this.busy !== '') return this.busy;
    const { voxels, count: pieces } = islandsOf(this.map.labels, this.opened.geometry.dims, this.label);
    if (!this.write(voxels, 0) && pieces > 0) return LOCKED;
    return pieces === 0
      ? 'The label is one piece: there are no islands.'
      : `Removed ${count(pieces, 'islands')} with ${this.#millilitres(voxels.length)}.`;
  }

  /** Takes back the last step; while a lasso is open, its last vertex. */
  undo(): void {
    if (this.lasso.isOpen) this.lasso.undo();
    else if (this.canPaint && this.busy === '') this.#showing(() => this.#done(this.map.undo()));
  }

  redo(): void {
    if (this.canPaint && this.busy === '') this.#showing(() => this.#done(this.map.redo()));
  }

  /** Moves the cursor by so many slices of a plane. */
  scroll(plane: Plane, steps: number): void {
    const { w } = sliceLayout(this.opened.geometry.dims, plane);
    const next = [...this.cursor] as [number, number, number];
    next[w] += steps;
    this.moveTo(next);
  }

  /** Moves the cursor to a voxel, kept inside the grid. */
  moveTo(index: Vector3): void {
    const { dims } = this.opened.geometry;
    const inside = (at: 0 | 1 | 2) => Math.min(dims[at] - 1, Math.max(0, Math.round(index[at])));
    this.cursor = [inside(0), inside(1), inside(2)];
  }

  resize(steps: number): void {
    const size = this.radiusMm * 1.15 ** steps;
    this.radiusMm = Math.min(LARGEST_MM, Math.max(SMALLEST_MM, size));
  }

  /** Window from what the shown native slice holds. */
  autoWindow(): void {
    const [nx, ny] = this.opened.geometry.dims;
    this.window = autoWindow(this.samples, this.cursor[2] * nx * ny, nx * ny);
  }

  labelAt([i, j, k]: Vector3): number {
    const [nx, ny] = this.opened.geometry.dims;
    return this.map.labels[(k * ny + j) * nx + i] ?? 0;
  }

  /** Offset of the voxel nearest to a fractional index; null beside the grid. */
  offsetOf(index: Vector3): number | null {
    const { dims } = this.map;
    const [i, j, k] = [Math.round(index[0]), Math.round(index[1]), Math.round(index[2])];
    const isInside = i >= 0 && j >= 0 && k >= 0 && i < dims[0] && j < dims[1] && k < dims[2];
    return isInside ? (k * dims[1] + j) * dims[0] + i : null;
  }

  sampleAt([i, j, k]: Vector3): number | undefined {
    const [nx, ny] = this.opened.geometry.dims;
    return this.samples[(k * ny + j) * nx + i];
  }

  /** Millilitres of every label painted. */
  volumes(): Record<string, number> {
    const each = voxelMillilitres(this.opened.geometry);
    return Object.fromEntries(
      Object.entries(countLabels(this.map.labels)).map(([label, voxels]) => [label, voxels * each]),
    );
  }

  async setStatus(status: MaskStatus): Promise<void> {
    await call('mask.setStatus', { maskId: this.mask.maskId, status });
    this.status = status;
  }

  /** Waits for the journal and lets go of the mask. */
  async close(): Promise<void> {
    await this.journal.settled();
    await call('mask.close', { maskId: this.mask.maskId });
  }

  #millilitres(voxels: number): string {
    return `${fixed(voxels * voxelMillilitres(this.opened.geometry), 2)} ml`;
  }

  #done(entry: Uint8Array | null): void {
    this.#followUndo();
    if (entry === null) return;
    this.journal.add(entry);
    this.changes += 1;
    if (this.status === 'to do') this.status = 'in progress';
  }

  /** Runs an undo or redo and goes to the slice that it changed, when that is not in view. */
  #showing(change: () => void): void {
    let box: Box | null = null;
    const stop = this.map.onChange((changed) => (box = changed));
    change();
    stop();
    const [i, j, k] = this.cursor;
    const changed = box as Box | null;
    if (changed !== null && (k < changed.min[2] || k > changed.max[2])) this.moveTo([i, j, changed.min[2]]);
  }

  #followUndo(): void {
    this.canUndo = this.map.canUndo;
    this.canRedo = this.map.canRedo;
  }
}
