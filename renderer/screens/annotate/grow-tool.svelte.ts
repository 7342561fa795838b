import type { Plane } from '#src/imaging/slices';
import { connectedRegion } from '#src/masks/connected';
import { voxelMillilitres } from '#src/imaging/geometry';
import { fixed } from '../../state/format';
import type { Annotation } from './annotation.svelte';
import type { PanePoint } from './pane-point';

/** A region that is shown and not accepted yet. */
interface Preview {
  readonly seed: number;
  readonly plane: Plane;
  readonly label: number;
  /** Samples that it takes. */
  readonly low: number;
  readonly high: number;
  readonly millilitres: number;
  /** It was stopped at the largest size. */
  readonly isCut: boolean;
}

/**
 * Region growing: from a clicked voxel to all that hang together with it and whose samples are near its own. The region
 * is an open stroke of the mask until it is accepted, so that it is seen in every pane and leaves nothing when it is not.
 * It does not pass through what may not be painted over.
 */
export class GrowTool {
  preview = $state.raw<Preview | null>(null);
  /** Into other slices as well. */
  inVolume = $state(false);
  /** Millilitres at which a region is stopped. */
  most = $state(100);

  constructor(private readonly annotation: Annotation) {}

  get isOpen(): boolean {
    return this.preview !== null;
  }

  /** Shows the region about a voxel; says when it leaks. */
  begin({ index, plane, inverts }: PanePoint): string {
    const seed = this.annotation.offsetOf(index);
    if (seed === null) return '';
    return this.#show(seed, plane, inverts ? 0 : this.annotation.label);
  }

  /** Shows the region again, as it is with the present range and limits. */
  update(): string {
    return this.preview === null ? '' : this.#show(this.preview.seed, this.preview.plane, this.preview.label);
  }

  /** Takes the region as one step. */
  accept(): void {
    if (this.preview === null) return;
    this.preview = null;
    this.annotation.commit();
  }

  cancel(): void {
    if (this.preview === null) return;
    this.preview = null;
    this.annotation.map.cancelStroke();
  }

  #show(seed: number, plane: Plane, label: number): string {
    this.cancel();
    const { map, samples, opened } = this.annotation;
    const { low, high } = this.annotation.rangeAbout(seed);
    const over = this.annotation.over(label);
    const each = voxelMillilitres(opened.geometry);
    const { voxels, isCut } = connectedRegion(
      seed,
      map.dims,
      this.inVolume ? null : plane,
      Math.max(1, Math.floor(this.most / each)),
      (at) => {
        const sample = samples[at] ?? Number.NaN;
        const present = map.labels[at] ?? 0;
        return sample >= low && sample <= high && (present === label || over[present] === 1);
      },
    );
    if (voxels.length === 0)
      return 'This may not be painted over: choose what may be in the panel, or with P.';
    map.beginStroke();
    map.paintVoxels(voxels, label, over);
    this.preview = { seed, plane, label, low, high, millilitres: voxels.length * each, isCut };
    const where = this.inVolume ? 'the volume' : 'the slice';
    return isCut
      ? `The region leaks: it was stopped at ${fixed(this.most, 0)} ml in ${where}. Narrow the range with [, or raise the limit.`
      : '';
  }
}
