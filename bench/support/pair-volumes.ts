import type { Volume } from '#src/imaging/volume';
import {
  alignmentsOf,
  compareVoxels,
  largestOf,
  RANGE_TOLERANCE,
  type Alignment,
  type VoxelComparison,
} from './compare-volumes';

/** A 3-D volume that one of the two programs wrote. */
export interface Written {
  readonly file: string;
  /** Which volume of the file, 0-based. */
  readonly frame: number;
  readonly volume: Volume;
}

export interface Pair<A extends Written, B extends Written> {
  readonly ours: A;
  readonly theirs: B;
  /** Largest difference of an element of the affines, mm. */
  readonly affineMm: number;
  readonly voxels: VoxelComparison;
}

export interface Pairing<A extends Written, B extends Written> {
  readonly pairs: readonly Pair<A, B>[];
  readonly onlyOurs: readonly A[];
  readonly onlyTheirs: readonly B[];
}

const AFFINE_TOLERANCE_MM = 1e-3;

export const sameAffine = ({ affineMm }: { readonly affineMm: number }) => affineMm <= AFFINE_TOLERANCE_MM;

/** What two volumes must have in common to be paired, the strictest first. */
const RULES = [
  { affine: true, voxels: true },
  { affine: false, voxels: true },
  { affine: true, voxels: false },
  { affine: false, voxels: false },
] as const;

/**
 * Pairs the volumes of two programs: first those that are the same, then of what is left those with the same voxels in
 * another place, and within one series those with the same place and other voxels and those that merely have the same
 * size.
 */
export function pairVolumes<A extends Written, B extends Written>(
  ours: readonly A[],
  theirs: readonly B[],
  isOneSeries: boolean,
): Pairing<A, B> {
  const pairs: Pair<A, B>[] = [];
  const sums = new Map([...ours, ...theirs].map(({ volume }) => [volume, sumOf(volume)]));
  const match = (own: A, others: readonly B[], rule: (typeof RULES)[number]): Pair<A, B> | null => {
    for (const other of others) {
      const [closest, ...rest] = alignmentsOf(own.volume.geometry, other.volume.geometry);
      if (closest === undefined || (rule.affine && !sameAffine(closest))) continue;
      if (!rule.voxels) return pairOf(own, other, closest);
      if (!nearly(sums.get(own.volume), sums.get(other.volume))) continue;
      // Images without a place in the patient are mirrored one way by one program and another way by the other.
      for (const alignment of rule.affine ? [closest] : [closest, ...rest]) {
        const pair = pairOf(own, other, alignment);
        if (pair.voxels.differing === 0) return pair;
      }
    }
    return null;
  };
  let left = ours;
  let others = theirs;
  for (const rule of RULES.filter(({ voxels }) => voxels || isOneSeries)) {
    const unpaired: A[] = [];
    for (const own of left) {
      const pair = match(own, others, rule);
      if (pair === null) unpaired.push(own);
      else {
        pairs.push(pair);
        others = others.filter((other) => other !== pair.theirs);
      }
    }
    left = unpaired;
  }
  return { pairs, onlyOurs: left, onlyTheirs: others };
}

function pairOf<A extends Written, B extends Written>(ours: A, theirs: B, alignment: Alignment): Pair<A, B> {
  const voxels = compareVoxels(ours.volume, theirs.volume, alignment.order);
  return { ours, theirs, affineMm: alignment.affineMm, voxels };
}

interface Sums {
  readonly sum: number;
  /** How far the sums of equal volumes may lie apart. */
  readonly tolerance: number;
}

/** The same for the same voxels in any order: what it tells apart need not be compared voxel by voxel. */
function sumOf({ samples }: Volume): Sums {
  let sum = 0;
  let absolute = 0;
  for (const value of samples) {
    sum += value;
    absolute += Math.abs(value);
  }
  return { sum, tolerance: 1e-5 * absolute + RANGE_TOLERANCE * largestOf(samples) * samples.length };
}

function nearly(a: Sums | undefined, b: Sums | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return !(Math.abs(a.sum - b.sum) > Math.max(a.tolerance, b.tolerance));
}
