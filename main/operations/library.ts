import type { LibraryDocument, Thumbnail } from '#src/contracts/channels';
import type { Volume } from '#src/imaging/volume';
import { spacingOf } from '#src/imaging/geometry';
import type { Project } from '#main/store/project';

/** Longest side of a thumbnail in pixels. */
const LONGEST = 96;

/** Patients and scans as the Library shows them. */
export function libraryOf(project: Project): LibraryDocument {
  return { patients: project.registry.patients(), scans: project.registry.scans() };
}

/**
 * The middle slice of a scan in its own window, at most 96 pixels long, with square pixels.
 * @throws HeldoutError `not-found` for an unknown id.
 */
export async function thumbnailOf(project: Project, scanId: number): Promise<Thumbnail> {
  const scan = project.registry.scan(scanId);
  const volume = await project.voxels.get(scan.voxels);
  return middleSlice(volume, scan.window, scan.invertDisplay);
}

/** Averages the samples that fall on each pixel, so that thin structures do not vanish. */
export function middleSlice(
  volume: Volume,
  [low, high]: readonly [number, number],
  invert: boolean,
): Thumbnail {
  const [nx, ny, nz] = volume.geometry.dims;
  const [sx, sy] = spacingOf(volume.geometry);
  const scale = LONGEST / Math.max(nx * sx, ny * sy);
  const width = Math.min(nx, Math.max(1, Math.round(nx * sx * scale)));
  const height = Math.min(ny, Math.max(1, Math.round(ny * sy * scale)));
  const grey = new Uint8Array(width * height);
  const offset = Math.floor(nz / 2) * nx * ny;
  const bounds = (index: number, pixels: number, samples: number): [number, number] => {
    const first = Math.floor((index * samples) / pixels);
    return [first, Math.max(first + 1, Math.floor(((index + 1) * samples) / pixels))];
  };
  for (let y = 0; y < height; y++) {
    const [top, bottom] = bounds(y, height, ny);
    for (let x = 0; x < width; x++) {
      const [left, right] = bounds(x, width, nx);
      let sum = 0;
      for (let j = top; j < bottom; j++)
        for (let i = left; i < right; i++) sum += volume.samples[offset + j * nx + i] ?? 0;
      const mean = sum / ((bottom - top) * (right - left));
      const share = Math.min(1, Math.max(0, (mean - low) / (high - low || 1)));
      grey[y * width + x] = Math.round(255 * (invert ? 1 - share : share));
    }
  }
  return { width, height, grey };
}
