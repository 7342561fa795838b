import type { Rescale } from '#src/imaging/stored-values';
import type { SliceFacts } from '#src/imaging/slice-facts';

/** Part of a stored frame that is a slice of its own (Siemens mosaic); pixels of the frame. */
export interface Tile {
  readonly left: number;
  readonly top: number;
  /** Columns of the whole frame. */
  readonly frameColumns: number;
}

/** What a file says about one of its slices. */
export interface FrameFacts extends SliceFacts, Rescale {
  /** 0-based index of the stored frame. */
  readonly frame: number;
  readonly tile: Tile | null;
  readonly window: { readonly centre: number; readonly width: number } | null;
}
