import type { OpenedMask, OpenedScan } from '#src/contracts/channels';
import { spacingOf, voxelMillilitres, type Vector3 } from '#src/imaging/geometry';
import { sliceLayout, type Plane } from '#src/imaging/slices';
import { samplesFrom, type Samples } from '#src/imaging/volume';
import type { Brush } from '#src/masks/brush';
import { connectedRegion } from '#src/masks/connected';
import { LabelMap, type Box } from '#src/masks/label-map';
import { countLabels } from '#src/masks/label-counts';
import { overwritable, type Overwritable } from '#src/masks/paint-over';
import type { MaskStatus } from '#src/registry/records';
import { call } from '../../state/bridge';
import { workspace } from '../../state/workspace.svelte';
import { autoWindow } from '../../viewer/auto-window';
import type { DisplayWindow } from '../../viewer/base-layer';
import { GrowTool } from './grow-tool.svelte';
import { LassoTool } from './lasso-tool.svelte';
import { MaskJournal, type SaveState } from './mask-journal';
import type { PanePoint } from './pane-point';
import { WholeLabel } from './whole-label.svelte';

export type Tool = 'brush' | 'erase' | 'lasso' | 'fill' | 'grow' | 'range' | 'move';

/** Said when a tool met only what it may not take. */
const NOT_OVER = 'This may not be painted over: choose what may be in the panel on the right, or with P.';
const SMALLEST_MM = 0.5;
const LARGEST_MM = 60;

/** One scan and its mask while they are open: image, labels, tools and what is shown. */
export class Annotation {
  readonly samples: Samples;
  readonly map: LabelMap;
  readonly spacing: Vector3;
  readonly journal: MaskJournal;
  readonly lasso = new LassoTool(this);
  readonly grow = new GrowTool(this);
  readonly whole = new WholeLabel(this);
  /** The largest tolerance that is worth choosing: the width of the first window. */
  readonly spread: number;
  /** How far samples may lie from the one under the pointer, for the range brush and for growing. */
  tolerance = $state(1);
  /** What the range brush paints in its present stroke, or painted in the last one. */
  range = $state.raw<{ readonly low: number; readonly high: number } | null>(null);
  tool = $state<Tool>('brush');
  #toolBefore: Tool = 'erase';
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
    this.spread = this.window.high - this.window.low;
    this.tolerance = this.spread / 20;
    this.journal = new MaskJournal(
      (entry) => call('mask.append', { maskId: mask.maskId, entry: Uint8Array.from(entry) }),
      (state) => (this.saving = state),
    );
    this.#followUndo();
  }

  /** Takes up a tool; {@link swapTools} goes back to the one before. */
  choose(tool: Tool): void {
    if (tool === this.tool) return;
    this.#toolBefore = this.tool;
    this.tool = tool;
  }

  swapTools(): void {
    this.choose(this.#toolBefore);
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
      ...(this.tool === 'range' && this.range !== null
        ? { range: { samples: this.samples, ...this.range } }
        : {}),
    };
  }

  /** The samples within the tolerance of a voxel's own. */
  rangeAbout(offset: number): { readonly low: number; readonly high: number } {
    const sample = this.samples[offset] ?? Number.NaN;
    return { low: sample - this.tolerance, high: sample + this.tolerance };
  }

  /** Begins a stroke with a dab; the range brush takes its range from the voxel under it. */
  beginStroke(index: Vector3, plane: Plane, inverted: boolean): void {
    const under = this.offsetOf(index);
    if (this.tool === 'range') this.range = under === null ? { low: 0, high: -1 } : this.rangeAbout(under);
    this.map.beginStroke();
    this.map.paintCapsule(index, index, this.brush(plane, inverted));
  }

  /** @param tolerance kept above nothing and below the spread */
  setTolerance(tolerance: number): void {
    this.tolerance = Math.min(this.spread, Math.max(this.spread / 1000, tolerance));
  }

  /** What may be written over with a label, or erased with 0, by the rule that every tool keeps to. */
  over(label: number): Overwritable {
    return overwritable({ over: workspace.settings.paintOver, locked: workspace.locked }, label, this.label);
  }

  /** Ends a stroke and writes it to the journal. */
  commit(): void {
    this.#done(this.map.commitStroke());
  }

  /** Gives voxels a label, or 0, as one step by the rule of what may be painted over; how many it changed. */
  write(voxels: ArrayLike<number>, label: number): number {
    return this.writeAll([{ voxels, label }]);
  }

  /** The same for several labels, as one step. */
  writeAll(parts: readonly { readonly voxels: ArrayLike<number>; readonly label: number }[]): number {
    this.map.beginStroke();
    const changed = parts.map(({ voxels, label }) => this.map.paintVoxels(voxels, label, this.over(label)));
    this.commit();
    return changed.reduce((sum, each) => sum + each, 0);
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
    if (this.write(region.voxels, label) === 0) return NOT_OVER;
    return region.reachesEdge && present === 0
      ? 'The region reaches the edge of the slice: is its outline closed? Ctrl+Z takes it back.'
      : '';
  }

  /** Why nothing else may be done to the mask now; empty when it may. */
  get busy(): string {
    if (this.grow.isOpen) return 'Finish the region first: Enter accepts it, Esc cancels it.';
    if (this.map.isInStroke) return 'Finish the stroke first.';
    return this.lasso.isOpen ? 'Finish the lasso first: Enter accepts it, Esc cancels it.' : '';
  }

  /** Takes back the last step; of a lasso that is open its last vertex, and a region that is shown. */
  undo(): void {
    if (this.grow.isOpen) this.grow.cancel();
    else if (this.lasso.isOpen) this.lasso.undo();
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

  /** Makes the brush larger or smaller, or the range of a region that is shown; says what came of it. */
  resize(steps: number): string {
    if (this.grow.isOpen) {
      this.setTolerance(this.tolerance * 1.15 ** steps);
      return this.grow.update();
    }
    const size = this.radiusMm * 1.15 ** steps;
    this.radiusMm = Math.min(LARGEST_MM, Math.max(SMALLEST_MM, size));
    return '';
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
