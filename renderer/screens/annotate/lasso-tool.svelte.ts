import type { Plane } from '#src/imaging/slices';
import { lassoVoxels, simplifiedLine, type SlicePoint } from '#src/masks/lasso';
import type { Annotation } from './annotation.svelte';
import type { PanePoint } from './pane-point';

/** An outline that is not filled yet. */
interface Outline {
  readonly plane: Plane;
  readonly slice: number;
  readonly points: readonly SlicePoint[];
  /** Takes the label away from what it surrounds. */
  readonly erases: boolean;
}

/** CSS pixels within which a vertex counts as meant. */
const NEAR = 8;
/** CSS pixels that a freehand line moves before it gets another point, and that it may be off afterwards. */
const STEP = 2;
const TOLERANCE = 0.8;
/** CSS pixels that the pointer may tremble while it clicks. */
const STILL = 3;

/**
 * The lasso: clicks give vertices, a drag a freehand line, and until it is accepted every vertex can be dragged or
 * removed. Nothing is in the mask before that.
 */
export class LassoTool {
  outline = $state.raw<Outline | null>(null);
  /** The vertex that was touched last. */
  touched = $state<number | null>(null);
  /** Where the pointer is, for the line to it. */
  hover = $state.raw<SlicePoint | null>(null);
  #drag: { readonly kind: 'line' | 'vertex'; readonly from: number; readonly at: SlicePoint } | null = null;
  #hasMoved = false;

  constructor(private readonly annotation: Annotation) {}

  get isOpen(): boolean {
    return this.outline !== null;
  }

  /** Begins an outline, adds a vertex, or takes hold of one. */
  down(point: PanePoint): string {
    const outline = this.outline;
    this.#hasMoved = false;
    if (outline === null) {
      const { plane, slice, at, inverts } = point;
      this.outline = { plane, slice, points: [at], erases: inverts };
      this.#drag = { kind: 'line', from: 0, at };
      this.touched = null;
      return '';
    }
    if (outline.plane !== point.plane || outline.slice !== point.slice) {
      this.#show(outline);
      return 'The lasso is open in this slice: Enter accepts it, Esc cancels it.';
    }
    const vertex = this.#vertexAt(point);
    if (vertex === null) {
      this.outline = { ...outline, points: [...outline.points, point.at] };
      this.#drag = { kind: 'line', from: outline.points.length, at: point.at };
      this.touched = null;
    } else {
      this.touched = vertex;
      this.#drag = { kind: 'vertex', from: vertex, at: point.at };
    }
    return '';
  }

  move(point: PanePoint): void {
    this.hover = point.at;
    const drag = this.#drag;
    const outline = this.outline;
    if (drag === null || outline === null) return;
    if (!this.#hasMoved && distance(point, drag.at) < STILL) return;
    this.#hasMoved = true;
    const { points } = outline;
    if (drag.kind === 'vertex') {
      this.outline = { ...outline, points: points.with(drag.from, point.at) };
    } else if (distance(point, points.at(-1) ?? point.at) >= STEP) {
      this.outline = { ...outline, points: [...points, point.at] };
    }
  }

  /** Ends a drag; a click on the first vertex accepts the outline. Says what became of it. */
  up(point: PanePoint): string {
    const drag = this.#drag;
    const outline = this.outline;
    this.#drag = null;
    if (drag === null || outline === null) return '';
    if (drag.kind === 'line') {
      const line = simplifiedLine(outline.points.slice(drag.from), point.scale, TOLERANCE);
      this.outline = { ...outline, points: [...outline.points.slice(0, drag.from), ...line] };
    } else if (!this.#hasMoved && drag.from === 0 && outline.points.length > 2) {
      return this.accept(point.inverts);
    }
    return '';
  }

  /** Fills what the outline surrounds, as one step; says why when nothing came of it. */
  accept(inverts: boolean): string {
    const outline = this.outline;
    if (outline === null) return '';
    const { points, plane, slice, erases } = outline;
    if (points.length < 3) return 'A lasso needs three vertices: click or drag, or cancel it with Esc.';
    const { annotation } = this;
    const label = erases || inverts ? 0 : annotation.label;
    this.cancel();
    const voxels = lassoVoxels(points, annotation.map.dims, plane, slice);
    if (annotation.write(voxels, label) > 0) return '';
    if (voxels.length === 0) return 'The lasso surrounds the centre of no voxel.';
    return 'The lasso changed nothing: what it surrounds may not be painted over, or is so already.';
  }

  /** Removes the vertex that was touched last, or else the last one; the last of all cancels the outline. */
  removeVertex(): void {
    const outline = this.outline;
    if (outline === null) return;
    const points = outline.points.toSpliced(this.touched ?? -1, 1);
    this.touched = null;
    this.#drag = null;
    this.outline = points.length === 0 ? null : { ...outline, points };
  }

  /** Removes the vertex that came last. */
  undo(): void {
    this.touched = null;
    this.removeVertex();
  }

  cancel(): void {
    this.outline = null;
    this.touched = null;
    this.#drag = null;
  }

  #vertexAt(point: PanePoint): number | null {
    const away = (this.outline?.points ?? []).map((vertex) => distance(point, vertex));
    const nearest = Math.min(...away);
    return nearest <= NEAR ? away.indexOf(nearest) : null;
  }

  #show({ plane, slice }: Outline): void {
    const shown = [...this.annotation.cursor] as [number, number, number];
    shown[2 - plane] = slice;
    this.annotation.moveTo(shown);
  }
}

/** CSS pixels between the pointer and a place of its slice. */
function distance({ at, scale }: PanePoint, other: SlicePoint): number {
  return Math.hypot((at[0] - other[0]) * scale[0], (at[1] - other[1]) * scale[1]);
}
