import type { Dims } from '#src/imaging/geometry';

/**
 * Sets every voxel of `label` outside its largest face-connected component to 0, in place.
 *
 * @param labels one label number per voxel, i-fastest
 * @returns voxels removed
 */
export function keepLargestComponent(labels: Uint8Array, dims: Dims, label: number): number {
  const { component, largest, total, size } = findLargest(labels, dims, label);
  if (total === size) return 0;
  for (let voxel = 0; voxel < labels.length; voxel++)
    if (labels[voxel] === label && component[voxel] !== largest) labels[voxel] = 0;
  return total - size;
}

/** Voxels of `label` outside its largest face-connected component, and how many components they are. */
export function outsideLargestComponent(
  labels: Uint8Array,
  dims: Dims,
  label: number,
): { readonly voxels: readonly number[]; readonly count: number } {
  const { component, largest, count } = findLargest(labels, dims, label);
  const voxels: number[] = [];
  for (let voxel = 0; voxel < labels.length; voxel++)
    if (component[voxel] !== 0 && component[voxel] !== largest) voxels.push(voxel);
  return { voxels, count: Math.max(0, count - 1) };
}

/** Voxels of the face-connected components of `label` that have fewer than so many, and how many components they are. */
export function smallComponents(
  labels: Uint8Array,
  dims: Dims,
  label: number,
  fewer: number,
): { readonly voxels: readonly number[]; readonly count: number } {
  const { component, count } = findLargest(labels, dims, label);
  const sizes = new Uint32Array(count + 1);
  for (const each of component) sizes[each] = (sizes[each] ?? 0) + 1;
  const voxels: number[] = [];
  for (let voxel = 0; voxel < labels.length; voxel++) {
    const own = component[voxel] ?? 0;
    if (own !== 0 && (sizes[own] ?? 0) < fewer) voxels.push(voxel);
  }
  return { voxels, count: sizes.subarray(1).filter((size) => size < fewer).length };
}

/** Share of the label's voxels that its largest face-connected component holds; null when there are none. */
export function largestComponentShare(labels: Uint8Array, dims: Dims, label: number): number | null {
  const { total, size } = findLargest(labels, dims, label);
  return total === 0 ? null : size / total;
}

/** Numbers the components from 1 by flood fill. */
function findLargest(labels: Uint8Array, dims: Dims, label: number) {
  const [nx, ny, nz] = dims;
  const component = new Uint32Array(labels.length);
  const stack: number[] = [];
  let count = 0;
  let largest = 0;
  let size = 0;
  let total = 0;
  for (let start = 0; start < labels.length; start++) {
    if (labels[start] !== label || component[start] !== 0) continue;
    count += 1;
    component[start] = count;
    stack.push(start);
    let voxels = 0;
    for (let voxel = stack.pop(); voxel !== undefined; voxel = stack.pop()) {
      voxels += 1;
      const i = voxel % nx;
      const j = Math.floor(voxel / nx) % ny;
      const k = Math.floor(voxel / (nx * ny));
      const visit = (inside: boolean, next: number) => {
        if (!inside || labels[next] !== label || component[next] !== 0) return;
        component[next] = count;
        stack.push(next);
      };
      visit(i > 0, voxel - 1);
      visit(i < nx - 1, voxel + 1);
      visit(j > 0, voxel - nx);
      visit(j < ny - 1, voxel + nx);
      visit(k > 0, voxel - nx * ny);
      visit(k < nz - 1, voxel + nx * ny);
    }
    total += voxels;
    if (voxels > size) {
      size = voxels;
      largest = count;
    }
  }
  return { component, largest, size, total, count };
}
