import { describeGrid } from '#src/imaging/describe-grid';
import type { Geometry } from '#src/imaging/geometry';
import { axisOrderTo, type AxisOrder } from '#src/imaging/reorient';
import { numberedWords, pathWords, type PathNames } from './import-naming';

/** A scan that a mask may belong to. */
export interface MaskCandidate {
  /** Null in a dry run, for a scan that is not stored. */
  readonly scanId: number | null;
  /** How the scan is called, for sentences. */
  readonly scan: string;
  /** What two scans of one patient share; compared with {@link MaskQuery.patient}. */
  readonly patient: number | string;
  readonly geometry: Geometry;
  readonly phase: number | null;
  /** Root and path that it was imported from; '' when not known. */
  readonly sourcePath: string;
}

export interface MaskQuery {
  readonly geometry: Geometry;
  /** Root and path, as of the candidates. */
  readonly sourcePath: string;
  /** Path without the root: only what is in here may contradict a candidate. */
  readonly path: string;
  /** What the person's rule reads from the path, with the patient as candidates have it (null: unknown patient). */
  readonly named: { readonly patient: number | string | null; readonly names: PathNames } | null;
  /** Time position within a 4-D mask, else null. */
  readonly phase: number | null;
}

export type MaskMatch =
  | { readonly candidate: MaskCandidate; readonly order: AxisOrder }
  | { readonly candidate: null; readonly reason: string };

interface Fit {
  readonly candidate: MaskCandidate;
  readonly order: AxisOrder;
}

/**
 * Finds the scan of a mask: the same grid (rows flipped or axes exchanged count as the same), then the person's own rule,
 * then the common path, then the grid alone when it is unique. A mask whose numbered names contradict the scan's
 * (hippocampus_001 and hippocampus_002) never matches by grid alone.
 */
export function matchMask(query: MaskQuery, candidates: readonly MaskCandidate[]): MaskMatch {
  if (candidates.length === 0) return refuse(NO_SCAN_YET);
  const fits = candidates.flatMap((candidate): Fit[] => {
    const order = axisOrderTo(query.geometry, candidate.geometry);
    return order === null ? [] : [{ candidate, order }];
  });
  const inPhase = fits.filter(({ candidate }) => query.phase === null || candidate.phase === query.phase);
  if (inPhase.length === 0) return refuse(otherGrid(query, candidates));
  return query.named === null ? byPath(query, inPhase) : byRule(query, query.named, inPhase);
}

export const NO_SCAN_YET = 'There is no scan yet that this mask could belong to: import the images first.';

const refuse = (reason: string): MaskMatch => ({ candidate: null, reason });

function byRule(query: MaskQuery, named: NonNullable<MaskQuery['named']>, fits: readonly Fit[]): MaskMatch {
  const exact = ofRule(named, fits);
  const [first] = exact;
  if (first === undefined) return refuse(NONE_OF_RULE);
  if (exact.length === 1) return first;
  return byPath(query, exact);
}

export const NONE_OF_RULE =
  'No scan of the patient (and scan and phase) that --mask-from reads from its path has its grid.';

/** The scans among `fits` that the person's own rule names. */
export function ofRule<F extends { readonly candidate: MaskCandidate }>(
  { names, patient }: NonNullable<MaskQuery['named']>,
  fits: readonly F[],
): F[] {
  const wanted = [names.scan, names.phase].filter((name) => name !== null).flatMap((name) => pathWords(name));
  const ofPatient = fits.filter(({ candidate }) => candidate.patient === patient);
  return ofPatient.filter(({ candidate }) => {
    const words = new Set(pathWords(candidate.sourcePath));
    const isPhase = names.phase !== null && Number(names.phase) === candidate.phase;
    return wanted.every((word) => words.has(word) || isPhase);
  });
}

function byPath(query: MaskQuery, fits: readonly Fit[]): MaskMatch {
  const agreeing = fits.filter(({ candidate }) => !contradicts(query.path, candidate.sourcePath));
  const [only] = fits;
  if (agreeing.length === 0 && only !== undefined)
    return refuse(
      fits.length === 1
        ? `Its grid fits ${only.candidate.scan} alone, but its name says another number: say where it belongs with --mask-from.`
        : `Its grid fits ${namesOf(fits)}, but its name says another number than each: say where it belongs with --mask-from.`,
    );
  const maskWords = new Set(pathWords(query.sourcePath));
  const wordsOf = agreeing.map(({ candidate }) => new Set(pathWords(candidate.sourcePath)));
  // A word that all candidates share tells nothing.
  const telling = [...maskWords].filter((word) => !wordsOf.every((words) => words.has(word)));
  const ranked = agreeing
    .map((fit, n) => {
      const words = wordsOf[n] ?? new Set();
      const shared = telling.filter((word) => words.has(word)).length;
      const isSameName = words.size === maskWords.size && [...maskWords].every((word) => words.has(word));
      return { fit, score: shared * 2 + (isSameName ? 1 : 0) };
    })
    .toSorted((a, b) => b.score - a.score);
  const [best, second] = ranked;
  if (best === undefined) return refuse('No scan has its grid.');
  if (second === undefined || best.score > second.score) return best.fit;
  const tied = ranked.filter(({ score }) => score === best.score).map(({ fit }) => fit);
  return refuse(
    `Its grid fits ${namesOf(tied)}, and its path fits none better: say where it belongs with --mask-from.`,
  );
}

/** Whether both paths number something in the same way and the numbers differ. */
function contradicts(maskPath: string, scanPath: string): boolean {
  const scan = numberedWords(scanPath);
  for (const [scheme, words] of numberedWords(maskPath)) {
    const others = scan.get(scheme);
    if (others !== undefined && ![...words].some((word) => others.has(word))) return true;
  }
  return false;
}

/** How the scans are called, in a sentence; four at most. */
export function namesOf(fits: readonly { readonly candidate: MaskCandidate }[]): string {
  const names = fits.map(({ candidate }) => candidate.scan);
  const shown = names.slice(0, 4);
  const more = names.length - shown.length;
  const last = more > 0 ? `${more} more` : (shown.pop() ?? '');
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

function otherGrid(query: MaskQuery, candidates: readonly MaskCandidate[]): string {
  const words = new Set(pathWords(query.sourcePath));
  const score = ({ sourcePath }: MaskCandidate) =>
    pathWords(sourcePath).filter((word) => words.has(word)).length;
  const nearest = candidates.toSorted((a, b) => score(b) - score(a))[0];
  const own = `Its grid (${describeGrid(query.geometry)}) is that of no scan`;
  return nearest === undefined
    ? `${own}.`
    : `${own}; ${nearest.scan}, the nearest by name, has ${describeGrid(nearest.geometry)}.`;
}
