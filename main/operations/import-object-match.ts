import { describeGrid } from '#src/imaging/describe-grid';
import { gridOfPlanes, type PlaneFit } from '#src/masks/mask-planes';
import type { MaskObject } from '#main/dicom/mask-object';
import { fitsGrid, nearestContour, piecesOf } from '#main/dicom/place-mask-object';
import {
  namesOf,
  NO_SCAN_YET,
  NONE_OF_RULE,
  ofRule,
  type MaskCandidate,
  type MaskQuery,
} from './import-mask-match';
import type { Shelf } from './import-shelf';

/** Which part of a mask object belongs to which scan. */
export interface ObjectPart {
  readonly candidate: MaskCandidate;
  readonly object: MaskObject;
  readonly fit: PlaneFit;
  /** true when it names no images of the project: its patient and its place alone led here. */
  readonly byPlaceAlone: boolean;
}

export type ObjectMatch =
  { readonly parts: readonly ObjectPart[] } | { readonly parts: null; readonly reason: string };

type ScanIndex = Pick<Shelf, 'scansWithInstance' | 'scansOfSeries' | 'patient'>;

/**
 * Finds the scans of a DICOM mask: by the images that its frames or contours name (which tell the phases of a series
 * apart, so that one mask may be for several), else by the series that it names, else by its place, among the scans of
 * its patient. Its grid must be that of the scan in any case.
 *
 * @param named what the person's rule reads from its path: decides between scans where nothing else does
 */
export function matchObject(
  object: MaskObject,
  named: MaskQuery['named'],
  candidates: readonly MaskCandidate[],
  index: ScanIndex,
): ObjectMatch {
  if (candidates.length === 0) return refuse(NO_SCAN_YET);
  const owners = ownersOf(object, index);
  if (owners.some((scans) => scans.length > 0)) return byImages(object, owners, named, candidates);
  const ofSeries = new Set(object.seriesUids.flatMap((uid) => index.scansOfSeries(uid)));
  const inSeries = candidates.filter(({ scan }) => ofSeries.has(scan));
  if (inSeries.length > 0) return choose(object, inSeries, 'nearest', named);
  return byPlace(object, named, candidates, index);
}

const refuse = (reason: string): ObjectMatch => ({ parts: null, reason });

/** For each plane or contour the scans that its images belong to. */
function ownersOf(object: MaskObject, index: ScanIndex): string[][] {
  const pieces = object.form === 'segmentation' ? object.planes : object.contours;
  const known = new Map<string, readonly string[]>();
  // Pieces without images of their own share one list of all images.
  const ofList = new Map<readonly string[], string[]>();
  const scansOf = (uid: string) => {
    const scans = known.get(uid) ?? index.scansWithInstance(uid);
    known.set(uid, scans);
    return scans;
  };
  return pieces.map(({ sources }) => {
    const scans = ofList.get(sources) ?? [...new Set(sources.flatMap(scansOf))];
    ofList.set(sources, scans);
    return scans;
  });
}

function byImages(
  object: MaskObject,
  owners: readonly (readonly string[])[],
  named: MaskQuery['named'],
  candidates: readonly MaskCandidate[],
): ObjectMatch {
  const all = new Set(owners.flat());
  const scans = candidates.filter(({ scan }) => all.has(scan));
  const isDivided = scans.length > 1 && owners.every((some) => some.length <= 1);
  if (!isDivided) return choose(object, scans, 'nearest', named);
  const lost = owners.filter((some) => some.length === 0).length;
  if (lost > 0)
    return refuse(
      `It is for ${namesOf(scans.map((candidate) => ({ candidate })))}, and ${lost} of its ` +
        `${object.form === 'segmentation' ? 'planes' : 'contours'} name images that are not in the project: import them first.`,
    );
  const parts = scans.map((candidate): ObjectPart => {
    const numbers = owners.flatMap((some, n) => (some[0] === candidate.scan ? [n] : []));
    return { candidate, object: piecesOf(object, new Set(numbers)), fit: 'nearest', byPlaceAlone: false };
  });
  const misfit = parts.find((part) => !fits(part));
  return misfit === undefined ? { parts } : refuse(otherGrid(misfit.object, [misfit.candidate]));
}

/** The one scan of several that it fits, or that the person's rule names. */
function choose(
  object: MaskObject,
  scans: readonly MaskCandidate[],
  fit: PlaneFit,
  named: MaskQuery['named'],
  byPlaceAlone = false,
): ObjectMatch {
  const fitting = scans
    .map((candidate): ObjectPart => ({ candidate, object, fit, byPlaceAlone }))
    .filter(fits);
  if (fitting.length === 0) return refuse(otherGrid(object, scans));
  if (fitting.length === 1) return { parts: fitting };
  const byRule = named === null ? [] : ofRule(named, fitting);
  if (byRule.length === 1) return { parts: byRule };
  return refuse(
    `It fits ${namesOf(fitting)}, and does not say which of them: say where it belongs with --mask-from.`,
  );
}

function byPlace(
  object: MaskObject,
  named: MaskQuery['named'],
  candidates: readonly MaskCandidate[],
  index: ScanIndex,
): ObjectMatch {
  const patient =
    named !== null ? named.patient : object.patientId === '' ? null : index.patient(object.patientId);
  if (named !== null && patient === null) return refuse(NONE_OF_RULE);
  const namesImages = doesNameImages(object);
  if (patient === null && namesImages) return refuse(NOT_IMPORTED);
  const ofPatient =
    patient === null ? candidates : candidates.filter((candidate) => candidate.patient === patient);
  const found = choose(object, ofPatient, 'exact', named, true);
  if (found.parts !== null || !namesImages) return found;
  return refuse(`${NOT_IMPORTED} ${found.reason}`);
}

const NOT_IMPORTED = 'The images that it names are not in the project: import them first.';

function doesNameImages(object: MaskObject): boolean {
  const pieces = object.form === 'segmentation' ? object.planes : object.contours;
  return object.seriesUids.length > 0 || pieces.some(({ sources }) => sources.length > 0);
}

const fits = ({ candidate, object, fit }: Pick<ObjectPart, 'candidate' | 'object' | 'fit'>) =>
  fitsGrid({ object, geometry: candidate.geometry, fit });

/** Both grids in numbers. */
function otherGrid(object: MaskObject, scans: readonly MaskCandidate[]): string {
  const [scan] = scans;
  if (scan === undefined) return 'No scan of its patient is in the project: import the images first.';
  const theirs = describeGrid(scan.geometry);
  if (object.form === 'segmentation') {
    const own = `Its grid (${describeGrid(gridOfPlanes(object.planes, object.betweenSlices))})`;
    const other = scans.length === 1 ? `${scan.scan}, which` : `any of ${scans.length} scans; ${scan.scan}`;
    return `${own} is not that of ${other} has ${theirs}: resample it to the grid of its images.`;
  }
  const distance = nearestContour(object, scan.geometry).toFixed(1);
  return (
    `None of its ${object.contours.length} contours lies on a slice of ${scan.scan}, which has ${theirs}: ` +
    `the nearest is ${distance} mm away from the middle of one. Import the images that it was drawn on.`
  );
}
