import { voxelMillilitres } from '#src/imaging/geometry';
import { fillBetween } from '#src/masks/fill-between';
import { islandsOf } from '#src/masks/islands';
import { marginVoxels } from '#src/masks/margin';
import { smoothedLabel } from '#src/masks/smooth';
import { count, fixed } from '../../state/format';
import type { Annotation } from './annotation.svelte';

/** Said when a tool would take voxels from the chosen label and may not. */
const LOCKED = 'The label is locked, so nothing is taken from it: open its lock first.';

/** What is done to the chosen label as a whole. Everything is one step, and says what it did; empty when it may not. */
export class WholeLabel {
  /** Smooth and change margins in three dimensions, rather than in every acquired slice. */
  inVolume = $state(false);
  radiusMm = $state(3);
  marginMm = $state(2);
  /** Islands of fewer cubic millimetres are small. */
  smallMm3 = $state(500);

  constructor(private readonly annotation: Annotation) {}

  /** Fills the slices between those that have the label. */
  fillBetween(): string {
    return this.#when(({ map, spacing, label }) => {
      const { voxels, slices } = fillBetween(
        map.labels,
        map.dims,
        spacing,
        label,
        this.annotation.over(label),
      );
      this.annotation.write(voxels, label);
      return slices === 0
        ? 'There is nothing to fill: paint the label in two slices with others between them.'
        : `Filled ${count(slices, 'slices')} with ${this.#millilitres(voxels.length)}.`;
    });
  }

  /** Removes what does not hang together with the label's largest piece, or every piece that is too small. */
  removeIslands(which: 'all' | 'small'): string {
    return this.#when(({ map, label }) => {
      const fewer = which === 'all' ? undefined : Math.ceil(this.smallMm3 / (1000 * this.#each));
      const { voxels, count: pieces } = islandsOf(map.labels, map.dims, label, fewer);
      if (pieces === 0)
        return which === 'all'
          ? 'The label is one piece: there are no islands.'
          : `No piece of the label is smaller than ${fixed(this.smallMm3, 0)} mm³.`;
      const removed = this.annotation.write(voxels, 0);
      return removed === 0
        ? LOCKED
        : `Removed ${count(pieces, 'islands')} with ${this.#millilitres(removed)}.`;
    });
  }

  /** Smooths the label's surface; its volume stays. */
  smooth(): string {
    return this.#when(({ map, spacing, label }) => {
      if (this.annotation.over(0)[label] === 0) return LOCKED;
      const over = this.annotation.over(label);
      const { radiusMm, inVolume } = this;
      const { gained, lost } = smoothedLabel(map.labels, map.dims, spacing, label, radiusMm, inVolume, over);
      if (gained.length === 0)
        return `Smoothing with ${fixed(radiusMm, 1)} mm changes nothing: take a larger radius.`;
      this.annotation.writeAll([
        { voxels: gained, label },
        { voxels: lost, label: 0 },
      ]);
      return `Smoothed with ${fixed(radiusMm, 1)} mm: ${this.#millilitres(gained.length)} came to other places, the volume stays.`;
    });
  }

  /** Lets the label grow by the margin, or shrink. */
  changeMargin(direction: 'grow' | 'shrink'): string {
    return this.#when(({ map, spacing, label }) => {
      const margin = direction === 'grow' ? this.marginMm : -this.marginMm;
      const voxels = marginVoxels(map.labels, map.dims, spacing, label, margin, this.inVolume);
      const by = `${fixed(this.marginMm, 1)} mm`;
      if (voxels.length === 0) return `A margin of ${by} reaches no voxel: take a larger one.`;
      const changed = this.annotation.write(voxels, direction === 'grow' ? label : 0);
      if (changed === 0)
        return direction === 'shrink' ? LOCKED : 'What is around the label may not be painted over.';
      return direction === 'grow'
        ? `The label grew by ${by}: ${this.#millilitres(changed)} more.`
        : `The label shrank by ${by}: ${this.#millilitres(changed)} less.`;
    });
  }

  /** Does it, unless nothing may be done now; then the reason. */
  #when(change: (annotation: Annotation) => string): string {
    const { annotation } = this;
    return !annotation.canPaint || annotation.busy !== '' ? annotation.busy : change(annotation);
  }

  get #each(): number {
    return voxelMillilitres(this.annotation.opened.geometry);
  }

  #millilitres(voxels: number): string {
    return `${fixed(voxels * this.#each, 2)} ml`;
  }
}
