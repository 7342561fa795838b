import type { BlindedCase } from '#src/contracts/documents/reading';
import { samplesFrom } from '#src/imaging/volume';
import { LabelMap } from '#src/masks/label-map';
import { autoWindow } from '../../viewer/auto-window';
import type { DisplayWindow } from '../../viewer/base-layer';
import { labelledExtent } from '../../viewer/link-position';
import type { ViewSource } from '../../viewer/slice-view';

/** A case made ready for the panes. */
export interface ShownCase {
  readonly source: ViewSource;
  readonly left: LabelMap;
  readonly right: LabelMap | null;
  readonly window: DisplayWindow;
  readonly slices: number;
  /** Where to begin: the middle of what is predicted on either side, else of the scan. */
  readonly middle: number;
}

/** Makes a case ready for the panes. */
export function shownCase(blinded: BlindedCase): ShownCase {
  const { geometry, sampleType, samples: bytes, window, invertDisplay, left, right } = blinded;
  const { dims } = geometry;
  const sliceSize = dims[0] * dims[1];
  const samples = samplesFrom(sampleType, bytes, 0, sliceSize * dims[2]);
  const extents = [left, ...(right === null ? [] : [right])].flatMap(
    (labels) => labelledExtent(labels, sliceSize) ?? [],
  );
  const [low, high] = window;
  return {
    source: { samples, geometry, invert: invertDisplay },
    left: new LabelMap(left, dims),
    right: right === null ? null : new LabelMap(right, dims),
    window: high > low ? { low, high } : autoWindow(samples),
    slices: dims[2],
    middle:
      extents.length === 0
        ? Math.floor((dims[2] - 1) / 2)
        : Math.round((Math.min(...extents) + Math.max(...extents)) / 2),
  };
}
