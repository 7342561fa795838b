import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseNifti } from '#main/nifti/parse-nifti';
import { affineFromColumns, axisStep, spacingOf, voxelToPatient, type Vector3 } from '#src/imaging/geometry';
import type { Volume } from '#src/imaging/volume';
import { integerBelow, normal, uniform, type Random } from '#src/models/random';

/** An image of a patient; both names are those of the disk. */
export interface PatientImage {
  readonly patient: string;
  readonly volume: Volume;
}

/** Every NIfTI image below a folder, label files left out. What lies inside the folder (a folder or file) is a patient. */
export async function imagesBelow(folder: string): Promise<PatientImage[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => /\.nii(\.gz)?$/u.test(file) && !/label|mask/u.test(file))
    .sort()
    .flatMap((file) => {
      const bytes = readFileSync(join(folder, file));
      const { volumes } = parseNifti(file.endsWith('.gz') ? gunzipSync(bytes) : bytes, basename(file));
      const [patient = ''] = file.split(sep);
      return volumes.slice(0, 1).map((volume) => ({ patient: `${folder}/${patient}`, volume }));
    });
}

type Axis = 0 | 1 | 2;

/** One axis of a new grid: it runs along axis `of` of the old one, with samples at `start`, `start + step`, … */
interface NewAxis {
  readonly of: Axis;
  readonly start: number;
  readonly step: number;
  readonly count: number;
  /** Each sample is the mean over so many voxels of the old axis: thick slices. */
  readonly width?: number;
}

const whole = ({ geometry }: Volume, of: Axis): NewAxis => ({
  of,
  start: 0,
  step: 1,
  count: geometry.dims[of],
});
const mirroredAxis = ({ geometry }: Volume, of: Axis): NewAxis => ({
  of,
  start: geometry.dims[of] - 1,
  step: -1,
  count: geometry.dims[of],
});

/** The part from `low` to `high` (shares of the axis). */
function partOf({ geometry }: Volume, of: Axis, low: number, high: number): NewAxis {
  const size = geometry.dims[of];
  const start = Math.round(low * size);
  return { of, start, step: 1, count: Math.max(1, Math.round(high * size) - start) };
}

/** The axis at another spacing, its samples still within it; `shift` (0 to 1) moves them by a share of the new spacing. */
function respaced({ geometry }: Volume, of: Axis, step: number, shift = 0.5): NewAxis {
  const size = geometry.dims[of];
  const count = Math.max(1, Math.floor(size / step));
  return { of, step, count, start: (size - count * step) * shift + (step - 1) / 2, width: Math.max(1, step) };
}

/** Old voxels and their shares in each sample of a new axis. */
function weightsOf({ start, step, count, width = 1 }: NewAxis, size: number) {
  const parts = Math.max(1, Math.ceil(width));
  return Array.from({ length: count }, (_, index) => {
    const shares = new Map<number, number>();
    for (let part = 0; part < parts; part++) {
      const at = Math.max(
        0,
        Math.min(size - 1, start + index * step + width * ((part + 0.5) / parts - 0.5) * (parts > 1 ? 1 : 0)),
      );
      const below = Math.floor(at);
      shares.set(below, (shares.get(below) ?? 0) + (1 - (at - below)) / parts);
      if (at > below) shares.set(below + 1, (shares.get(below + 1) ?? 0) + (at - below) / parts);
    }
    return [...shares];
  });
}

/** The volume on other axes, linear between voxels; the header says where the new ones are. */
function onAxes(volume: Volume, axes: readonly [NewAxis, NewAxis, NewAxis]): Volume {
  const { geometry } = volume;
  let values: Float32Array = Float32Array.from(volume.samples);
  const dims: [number, number, number] = [...geometry.dims];
  for (const axis of axes) {
    const { of } = axis;
    if (axis.start === 0 && axis.step === 1 && axis.count === dims[of]) continue;
    const weights = weightsOf(axis, dims[of]);
    const inner = of === 0 ? 1 : of === 1 ? dims[0] : dims[0] * dims[1];
    const outer = values.length / (inner * dims[of]);
    const changed = new Float32Array(inner * axis.count * outer);
    for (let out = 0; out < outer; out++)
      for (const [to, shares] of weights.entries())
        for (const [from, share] of shares) {
          const [source, target] = [(out * dims[of] + from) * inner, (out * axis.count + to) * inner];
          for (let n = 0; n < inner; n++)
            changed[target + n] = (changed[target + n] ?? 0) + share * (values[source + n] ?? 0);
        }
    values = changed;
    dims[of] = axis.count;
  }
  const strides = [1, dims[0], dims[0] * dims[1]] as const;
  const [x, y, z] = axes;
  const samples = new Float32Array(values.length);
  let at = 0;
  for (let k = 0; k < z.count; k++)
    for (let j = 0; j < y.count; j++)
      for (let i = 0; i < x.count; i++)
        samples[at++] = values[i * strides[x.of] + j * strides[y.of] + k * strides[z.of]] ?? 0;
  const column = ({ of, step }: NewAxis): Vector3 => {
    const [a, b, c] = axisStep(geometry, of);
    return [a * step, b * step, c * step];
  };
  const origin: [number, number, number] = [0, 0, 0];
  for (const { of, start } of axes) origin[of] = start;
  return {
    samples,
    geometry: {
      ...geometry,
      dims: [x.count, y.count, z.count],
      affine: affineFromColumns(column(x), column(y), column(z), voxelToPatient(geometry, origin)),
    },
  };
}

/** What a program leaves that turns or mirrors the pixels and not the header. */
function withOldHeader(copy: Volume, { geometry }: Volume): Volume {
  const { affine, dims } = geometry;
  return dims.every((size, axis) => size === copy.geometry.dims[axis])
    ? { ...copy, geometry: { ...copy.geometry, affine } }
    : copy;
}

/** The volume with other values; `change` is given shares of the range between two quantiles (below 0, above 1 too). */
function recoloured(
  volume: Volume,
  [low, high]: readonly [number, number],
  change: (share: number) => number,
): Volume {
  const sorted = Float64Array.from(volume.samples).sort();
  const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const [first, last] = [quantile(low), quantile(high)];
  return {
    ...volume,
    samples: Float32Array.from(volume.samples, (value) => change((value - first) / (last - first || 1))),
  };
}

const eightBits = (share: number) => Math.round(255 * Math.max(0, Math.min(1, share)));
const either = (random: Random) => random() < 0.5;

function flipped(volume: Volume, random: Random): Volume {
  const turn = 1 + integerBelow(random, 7);
  const axis = (of: Axis) => ((turn >> of) & 1 ? mirroredAxis(volume, of) : whole(volume, of));
  const copy = onAxes(volume, [axis(0), axis(1), axis(2)]);
  return either(random) ? withOldHeader(copy, volume) : copy;
}

function turned(volume: Volume, random: Random): Volume {
  const copy = either(random)
    ? onAxes(volume, [mirroredAxis(volume, 1), whole(volume, 0), whole(volume, 2)])
    : onAxes(volume, [whole(volume, 1), mirroredAxis(volume, 0), whole(volume, 2)]);
  const [si, sj, sk] = spacingOf(copy.geometry);
  // Half of the copies say where their rows are now; the others call them rows as before.
  if (either(random)) return copy;
  return {
    ...copy,
    geometry: {
      ...copy.geometry,
      affine: affineFromColumns([si, 0, 0], [0, sj, 0], [0, 0, sk], [0, 0, 0]),
    },
  };
}

function croppedAround(volume: Volume, share: number): Volume {
  return onAxes(volume, [
    partOf(volume, 0, share, 1 - share),
    partOf(volume, 1, share, 1 - share),
    whole(volume, 2),
  ]);
}

function croppedAtOneSide(volume: Volume, random: Random): Volume {
  const side = (of: Axis) => {
    const share = uniform(random, 0.1, 0.2);
    return either(random) ? partOf(volume, of, share, 1) : partOf(volume, of, 0, 1 - share);
  };
  return either(random)
    ? onAxes(volume, [side(0), whole(volume, 1), whole(volume, 2)])
    : onAxes(volume, [whole(volume, 0), side(1), whole(volume, 2)]);
}

function resliced(volume: Volume, random: Random): Volume {
  const scale = uniform(random, 0.75, 1.35);
  return onAxes(volume, [
    respaced(volume, 0, scale),
    respaced(volume, 1, scale),
    respaced(volume, 2, uniform(random, 0.6, 1.6), random()),
  ]);
}

/** Slices across the old ones, at about the old distance between slices. */
function inAnotherPlane(volume: Volume, random: Random): Volume {
  const [si, sj, sk] = spacingOf(volume.geometry);
  return either(random)
    ? onAxes(volume, [
        whole(volume, 0),
        respaced(volume, 2, Math.max(0.1, sj / sk)),
        respaced(volume, 1, Math.max(1, sk / sj), random()),
      ])
    : onAxes(volume, [
        whole(volume, 1),
        respaced(volume, 2, Math.max(0.1, si / sk)),
        respaced(volume, 0, Math.max(1, sk / si), random()),
      ]);
}

function halfOfTheSlices(volume: Volume, random: Random): Volume {
  const low = uniform(random, 0, 0.5);
  return onAxes(volume, [whole(volume, 0), whole(volume, 1), partOf(volume, 2, low, low + 0.5)]);
}

const noisy = (volume: Volume, random: Random) => {
  const sd = uniform(random, 0.03, 0.1);
  return recoloured(volume, [0.02, 0.98], (share) => share + sd * normal(random));
};

const rewindowed = (volume: Volume, random: Random) =>
  recoloured(volume, [uniform(random, 0, 0.2), uniform(random, 0.9, 1)], eightBits);

/** The kinds of copies of the requirement, and after them two that it does not ask for. */
export const PLANTED: Readonly<Record<string, (volume: Volume, random: Random) => Volume>> = {
  'as it is': (volume) => volume,
  'mirrored (any axes)': flipped,
  'window (0-20 to 90-100 %)': rewindowed,
  '8 bits': (volume) => recoloured(volume, [0, 1], eightBits),
  'gamma (0.5 to 2)': (volume, random) => {
    const gamma = 2 ** uniform(random, -1, 1);
    return recoloured(volume, [0, 1], (share) => share ** gamma);
  },
  're-sliced (0.6 to 1.6 of the distance, pixels 0.75 to 1.35)': resliced,
  'cropped by 5 % at every side': (volume) => croppedAround(volume, 0.05),
  'cropped by 10 % at every side': (volume) => croppedAround(volume, 0.1),
  'cropped by 10 to 20 % at one side': croppedAtOneSide,
  'turned by 90 degrees': turned,
  'noise (sd 3 to 10 % of the contrast)': noisy,
  'half of the slices': halfOfTheSlices,
  'also: mirrored, cropped at one side, windowed, noisy': (volume, random) =>
    noisy(rewindowed(croppedAtOneSide(flipped(volume, random), random), random), random),
  'also: cropped at one side, the spacing lost': (volume, random) => {
    const copy = croppedAtOneSide(volume, random);
    const affine = affineFromColumns([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]);
    return { ...copy, geometry: { ...copy.geometry, affine } };
  },
  'also: another slice plane': inAnotherPlane,
};

/**
 * Another patient who never was: a scan bent, turned and mixed with another one. Only for measuring time, where thousands
 * of scans are needed that look as alike as those of one organ do.
 */
export function inventedScan(scans: readonly Volume[], random: Random): Volume {
  const [nx, ny, nz] = [64, 56, 10];
  const samples = new Float32Array(nx * ny * nz);
  // Neighbours in the list are of one data set, for the most part.
  const first = integerBelow(random, scans.length);
  for (const weight of [0.75, 0.25]) {
    const volume = scans[(first + (weight < 0.5 ? integerBelow(random, 40) : 0)) % scans.length];
    if (volume === undefined) throw new Error('There are no scans.');
    const { dims } = volume.geometry;
    let top = 1;
    for (let at = 0; at < volume.samples.length; at += 97) top = Math.max(top, volume.samples[at] ?? 0);
    const angle = uniform(random, -0.2, 0.2);
    const zoom = uniform(random, 0.85, 1.15);
    const [cos, sin] = [zoom * Math.cos(angle), zoom * Math.sin(angle)];
    const bends = [0, 1].map(() =>
      [0, 1, 2].map(() => ({
        height: uniform(random, -0.02, 0.02),
        x: uniform(random, -9, 9),
        y: uniform(random, -9, 9),
        start: uniform(random, 0, 6),
      })),
    );
    const bentBy = (axis: number, x: number, y: number) => {
      let sum = 0;
      for (const bend of bends[axis] ?? [])
        sum += bend.height * Math.sin(bend.x * x + bend.y * y + bend.start);
      return sum;
    };
    const inside = (value: number, size: number) => Math.max(0, Math.min(size - 1, Math.floor(value * size)));
    for (let j = 0, at = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, at++) {
        const [x, y] = [(i + 0.5) / nx - 0.5, (j + 0.5) / ny - 0.5];
        const u = inside(0.5 + cos * x - sin * y + bentBy(0, x, y), dims[0]);
        const v = inside(0.5 + sin * x + cos * y + bentBy(1, x, y), dims[1]);
        for (let k = 0; k < nz; k++) {
          const from = u + dims[0] * (v + dims[1] * inside((k + 0.5) / nz, dims[2]));
          const to = at + nx * ny * k;
          samples[to] = (samples[to] ?? 0) + ((1000 * weight) / top) * (volume.samples[from] ?? 0);
        }
      }
  }
  const affine = affineFromColumns([5, 0, 0], [0, 5, 0], [0, 0, 9], [0, 0, 0]);
  return { samples, geometry: { dims: [nx, ny, nz], affine, calibrated: true } };
}
