import type { ComparedVolumes } from '#src/contracts/channels';
import { spacingOf } from '#src/imaging/geometry';
import { displayOrientation } from '#src/imaging/orientation';
import { samplesFrom } from '#src/imaging/volume';
import { LabelMap } from '#src/masks/label-map';
import { autoWindow } from '../../viewer/auto-window';
import type { DisplayWindow } from '../../viewer/base-layer';
import { SliceFrame } from '../../viewer/camera';
import { errorMap, errorsBySlice, type SliceErrors } from '../../viewer/errors';
import { labelledExtent, type SliceAxis } from '../../viewer/link-position';
import type { ViewSource } from '../../viewer/slice-view';

/** One compared scan, made ready for the panes of a column. */
export interface ComparedScan {
  readonly volumes: ComparedVolumes;
  readonly source: ViewSource;
  readonly reference: LabelMap;
  readonly prediction: LabelMap;
  readonly axis: SliceAxis;
  /** The window that the scan brings along; linked windows are relative to it. */
  readonly window: DisplayWindow;
  /** Middle of the structure on the screen (mm of the displayed slice): linked views have it at the same place. */
  readonly anchor: readonly [x: number, y: number];
  /** Half of the width or height (mm) of the structure, the larger one. */
  readonly reach: number;
}

/** Makes a scan ready for the panes. */
export function comparedScan(volumes: ComparedVolumes): ComparedScan {
  const { geometry, sampleType, samples: bytes, scan, reference, prediction } = volumes;
  const { dims } = geometry;
  const sliceSize = dims[0] * dims[1];
  const samples = samplesFrom(sampleType, bytes, 0, sliceSize * dims[2]);
  const [low, high] = scan.window;
  return {
    volumes,
    source: { samples, geometry, invert: scan.invertDisplay },
    reference: new LabelMap(reference, dims),
    prediction: new LabelMap(prediction, dims),
    axis: { count: dims[2], step: spacingOf(geometry)[2], extent: labelledExtent(reference, sliceSize) },
    window: high > low ? { low, high } : autoWindow(samples),
    ...placeOfStructure(volumes),
  };
}

/** Errors of one label (null: all) as a mask and as counts for each slice. */
export function errorsOf(
  { volumes, reference, prediction }: ComparedScan,
  label: number | null,
): { readonly map: LabelMap; readonly slices: readonly SliceErrors[] } {
  const { dims } = volumes.geometry;
  const errors = errorMap(reference.labels, prediction.labels, label);
  return { map: new LabelMap(errors, dims), slices: errorsBySlice(errors, dims[0] * dims[1]) };
}

/** The labels of a map, all others left out; the map itself for null. */
export function onlyLabel(map: LabelMap, label: number | null): LabelMap {
  if (label === null) return map;
  return new LabelMap(
    map.labels.map((each) => (each === label ? each : 0)),
    map.dims,
  );
}

/** Middle and reach of the reference (of the whole slice when it is empty) in mm of the displayed native slice. */
function placeOfStructure({ geometry, reference }: ComparedVolumes): Pick<ComparedScan, 'anchor' | 'reach'> {
  const frame = new SliceFrame(geometry, 0, displayOrientation(geometry, 0));
  const [nx, ny] = geometry.dims;
  const [min, max] = [
    [nx, ny],
    [-1, -1],
  ] as [[number, number], [number, number]];
  reference.forEach((label, index) => {
    if (label === 0) return;
    const u = index % nx;
    const v = Math.floor(index / nx) % ny;
    min[0] = Math.min(min[0], u);
    min[1] = Math.min(min[1], v);
    max[0] = Math.max(max[0], u);
    max[1] = Math.max(max[1], v);
  });
  if (max[0] < 0) return { anchor: [frame.widthMm / 2, frame.heightMm / 2], reach: frame.widthMm / 2 };
  const [a, b, c, d, e, f] = frame.transform({ centreX: 0, centreY: 0, zoom: 1 }, { width: 0, height: 0 });
  const place = (u: number, v: number) => [a * u + c * v + e, b * u + d * v + f] as const;
  const [x0, y0] = place(min[0], min[1]);
  const [x1, y1] = place(max[0] + 1, max[1] + 1);
  return {
    anchor: [(x0 + x1) / 2, (y0 + y1) / 2],
    reach: Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0)) / 2,
  };
}
