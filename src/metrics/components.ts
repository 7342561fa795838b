import type { Dims } from '#src/imaging/geometry';

/** Number of face-connected components of a binary mask (6 neighbours in 3-D, 4 within a slice). */
export function countComponents(mask: Uint8Array, dims: Dims): number {
  const [nx, ny, nz] = dims;
  const seen = new Uint8Array(mask.length);
  const stack: number[] = [];
  let components = 0;
  const visit = (index: number) => {
    if (mask[index] === 0 || seen[index] !== 0) return;
    seen[index] = 1;
    stack.push(index);
  };
  for (let start = 0; start < mask.length; start += 1) {
    if (mask[start] === 0 || seen[start] !== 0) continue;
    components += 1;
    visit(start);
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      const i = index % nx;
      const j = Math.floor(index / nx) % ny;
      const k = Math.floor(index / (nx * ny));
      if (i > 0) visit(index - 1);
      if (i < nx - 1) visit(index + 1);
      if (j > 0) visit(index - nx);
      if (j < ny - 1) visit(index + nx);
      if (k > 0) visit(index - nx * ny);
      if (k < nz - 1) visit(index + nx * ny);
    }
  }
  return components;
}
