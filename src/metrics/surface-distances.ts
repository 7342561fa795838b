import type { Vector3 } from '#src/imaging/geometry';
import { squaredDistances } from './distance-transform';
import type { Surface } from './surface';

/** Distances in mm from one surface to another, ascending, with the area that each stands for. */
export interface DirectedDistances {
  readonly distances: Float64Array;
  readonly areas: Float64Array;
}

/** Distances from every point of `from` to the nearest point of `to`; both on the same grid. */
export function directedDistances(from: Surface, to: Surface, spacing: Vector3): DirectedDistances {
  const squared = squaredDistances(to.marked, to.dims, spacing);
  const points: [distance: number, area: number][] = [];
  from.marked.forEach((mark, index) => {
    if (mark !== 0) points.push([Math.sqrt(squared[index] ?? Infinity), from.areas[index] ?? 0]);
  });
  points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return {
    distances: Float64Array.from(points, ([distance]) => distance),
    areas: Float64Array.from(points, ([, area]) => area),
  };
}

/** The first distance whose cumulative area reaches `share` of the whole. */
export function robustDistance({ distances, areas }: DirectedDistances, share: number): number {
  const total = areas.reduce((sum, area) => sum + area, 0);
  let cumulative = 0;
  for (let at = 0; at < distances.length; at += 1) {
    cumulative += areas[at] ?? 0;
    if (cumulative / total >= share) return distances[at] ?? Number.NaN;
  }
  return distances.at(-1) ?? Number.NaN;
}

/** Percentile with linear interpolation between the two nearest ranks, every point counted once. */
export function percentileDistance({ distances }: DirectedDistances, share: number): number {
  const rank = share * (distances.length - 1);
  const low = distances[Math.floor(rank)] ?? Number.NaN;
  const high = distances[Math.ceil(rank)] ?? Number.NaN;
  return low + (high - low) * (rank - Math.floor(rank));
}

/** Mean weighted by area. */
export function meanDistance({ distances, areas }: DirectedDistances): number {
  let weighted = 0;
  let total = 0;
  distances.forEach((distance, at) => {
    weighted += distance * (areas[at] ?? 0);
    total += areas[at] ?? 0;
  });
  return weighted / total;
}

/** Area within `toleranceMm` (a hair beyond it still counts, against rounding) and area in all. */
export function areaWithin(
  { distances, areas }: DirectedDistances,
  toleranceMm: number,
): { within: number; total: number } {
  let within = 0;
  let total = 0;
  distances.forEach((distance, at) => {
    const area = areas[at] ?? 0;
    total += area;
    if (distance <= toleranceMm + 1e-6) within += area;
  });
  return { within, total };
}
