import { COPY_DISTANCE, copiesOf, printOf, SURE_COPY_DISTANCE, type Print } from '../fingerprint';
import type { Geometry } from '../geometry';
import { LandmarkIndex } from './landmark-index';
import { correlationNear } from './match';
import { landmarksIn, reliefIn } from './portrait';

/** Scans on which the landmarks fit best that are compared cell by cell. */
const MOST_COMPARED = 4;
/** A scan with fewer landmarks is plain or tiny, and known again by its fingerprint only. */
const FEW_LANDMARKS = 24;
/** Different patients of the development sets reach 0.65, copies seldom stay below 0.8. See docs/decisions/045. */
const SURE_CORRELATION = 0.75;
const LEAST_CORRELATION = 0.68;

/** A scan that looks like another; distance as in src/imaging/fingerprint, whichever way it was found. */
export type Copy = readonly [index: number, distance: number];

/**
 * Finds copies of scans among others, also cropped, turned, re-sliced or in part: landmarks that lie alike name a few other
 * scans and how they lie over this one, and the correlation of their details decides. Where there are too few landmarks fingerprints are compared.
 */
export class CopyFinder {
  readonly #prints: Print[] = [];
  /** Numbers and prints of those with few landmarks. */
  readonly #plain: { readonly numbers: number[]; readonly prints: Print[] } = { numbers: [], prints: [] };
  readonly #index = new LandmarkIndex();

  /** @param portraitOf the whole portrait of the scan that was added as number `index` */
  constructor(private readonly portraitOf: (index: number) => Uint8Array) {}

  /**
   * @param head the first bytes of a portrait (PORTRAIT_HEAD_BYTES)
   * @param geometry grid of its scan
   */
  add(head: Uint8Array, geometry: Geometry): void {
    const [print, landmarks] = [printOf(head, geometry), landmarksIn(head)];
    if (landmarks.count < FEW_LANDMARKS) {
      this.#plain.numbers.push(this.#prints.length);
      this.#plain.prints.push(print);
    }
    this.#prints.push(print);
    this.#index.add(landmarks);
  }

  /**
   * The added scans that show the same as this one.
   *
   * @param portrait whole
   * @param isSkipped whether the scan with this index is not to be looked at
   */
  copiesOf(
    portrait: Uint8Array,
    geometry: Geometry,
    isSkipped: (index: number) => boolean = () => false,
  ): Copy[] {
    const landmarks = landmarksIn(portrait);
    const found = new Map(this.#byFingerprint(printOf(portrait, geometry), landmarks.count, isSkipped));
    const isFound = (index: number) => (found.get(index) ?? 1) <= SURE_COPY_DISTANCE;
    const placements = this.#index.placements(landmarks, (index) => isFound(index) || isSkipped(index));
    const own = placements.length > 0 ? reliefIn(portrait) : null;
    for (const placement of placements.slice(0, MOST_COMPARED)) {
      if (own === null) break;
      const other = reliefIn(this.portraitOf(placement.other));
      const distance = distanceOf(correlationNear(own, other, placement));
      if (distance <= COPY_DISTANCE)
        found.set(placement.other, Math.min(distance, found.get(placement.other) ?? 1));
    }
    return [...found];
  }

  #byFingerprint(print: Print, landmarks: number, isSkipped: (index: number) => boolean): Copy[] {
    if (landmarks < FEW_LANDMARKS) return copiesOf(print, this.#prints, isSkipped);
    const { numbers, prints } = this.#plain;
    const numberOf = (at: number) => numbers[at] ?? 0;
    return copiesOf(print, prints, (at) => isSkipped(numberOf(at))).map(([at, distance]) => [
      numberOf(at),
      distance,
    ]);
  }
}

/** A correlation on the scale of the fingerprint's distances: the limits of one are those of the other. */
function distanceOf(correlation: number): number {
  if (correlation < LEAST_CORRELATION) return 1;
  const isSure = correlation >= SURE_CORRELATION;
  const share = isSure
    ? (1 - correlation) / (1 - SURE_CORRELATION)
    : (SURE_CORRELATION - correlation) / (SURE_CORRELATION - LEAST_CORRELATION);
  const distance = isSure
    ? share * SURE_COPY_DISTANCE
    : SURE_COPY_DISTANCE + share * (COPY_DISTANCE - SURE_COPY_DISTANCE);
  return Math.max(0, Number(distance.toFixed(4)));
}
