/**
 * How well copies of a scan are found under another id, and how near different patients come: plants copies of every
 * NIfTI image below the folders (a folder inside each is a patient; label files are left out) and compares all pairs.
 * Prints a line of JSON for the scans, one for each kind of copy, one for the time that 5,000 scans take.
 *
 *   node bench/run.mjs copies FOLDER…
 */
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseNifti } from '#main/nifti/parse-nifti';
import {
  COPY_DISTANCE,
  copiesOf,
  fingerprintOf,
  printDistance,
  printOf,
  SURE_COPY_DISTANCE,
  type Print,
} from '#src/imaging/fingerprint';
import { affineFromColumns, axisStep, type Dims, type Vector3 } from '#src/imaging/geometry';
import type { Volume } from '#src/imaging/volume';
import { randomStream } from '#src/models/random';

const PAIRS_OF = 5000;
const random = randomStream(1);

async function imagesBelow(folder: string): Promise<{ patient: string; volume: Volume }[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.flatMap((entry) => {
    const file = join(entry.parentPath, entry.name);
    if (!/\.nii(\.gz)?$/u.test(file) || /label/u.test(relative(folder, file))) return [];
    const bytes = readFileSync(file);
    const { volumes } = parseNifti(file.endsWith('.gz') ? gunzipSync(bytes) : bytes, entry.name);
    const [patient = ''] = relative(folder, file).split(sep);
    return volumes.slice(0, 1).map((volume) => ({ patient: `${basename(folder)}/${patient}`, volume }));
  });
}

/** The volume on another grid; `from` gives the old (fractional) voxel index of a new one, linear within a slice. */
function resampled(
  volume: Volume,
  dims: Dims,
  from: (index: Vector3) => Vector3,
  affine?: readonly number[],
): Volume {
  const { samples, geometry } = volume;
  const [nx, ny, nz] = geometry.dims;
  const inside = (value: number, size: number) => Math.max(0, Math.min(size - 1, value));
  const at = (i: number, j: number, k: number) =>
    samples[inside(i, nx) + nx * (inside(j, ny) + ny * inside(Math.round(k), nz))] ?? 0;
  const values = new Float32Array(dims[0] * dims[1] * dims[2]);
  let out = 0;
  for (let k = 0; k < dims[2]; k++)
    for (let j = 0; j < dims[1]; j++)
      for (let i = 0; i < dims[0]; i++) {
        const [x, y, z] = from([i, j, k]);
        const [left, top] = [Math.floor(x), Math.floor(y)];
        const [right, down] = [x - left, y - top];
        const upper = (1 - right) * at(left, top, z) + right * at(left + 1, top, z);
        const lower = (1 - right) * at(left, top + 1, z) + right * at(left + 1, top + 1, z);
        values[out++] = (1 - down) * upper + down * lower;
      }
  return { samples: values, geometry: { ...geometry, dims, affine: affine ?? geometry.affine } };
}

/** The volume with other values; `change` is given shares (0 to 1) of the range between two quantiles. */
function recoloured(
  volume: Volume,
  [low, high]: readonly [number, number],
  change: (share: number) => number,
): Volume {
  const sorted = Float64Array.from(volume.samples).sort();
  const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const [first, last] = [quantile(low), quantile(high)];
  const share = (value: number) => (value - first) / (last - first || 1);
  return { ...volume, samples: Float32Array.from(volume.samples, (value) => change(share(value))) };
}

function scaled(volume: Volume, factor: number): Volume {
  const [nx, ny, nz] = volume.geometry.dims;
  const back = (index: number) => (index + 0.5) / factor - 0.5;
  return resampled(volume, [Math.round(nx * factor), Math.round(ny * factor), nz], ([i, j, k]) => [
    back(i),
    back(j),
    k,
  ]);
}

function cropped(volume: Volume, before: number, behind: number): Volume {
  const [nx, ny, nz] = volume.geometry.dims;
  const [left, top] = [Math.round(nx * before), Math.round(ny * before)];
  const dims: Dims = [nx - left - Math.round(nx * behind), ny - top - Math.round(ny * behind), nz];
  return resampled(volume, dims, ([i, j, k]) => [i + left, j + top, k]);
}

function exchanged(volume: Volume): Volume {
  const { dims, affine } = volume.geometry;
  const columns = [
    axisStep(volume.geometry, 1),
    axisStep(volume.geometry, 0),
    axisStep(volume.geometry, 2),
  ] as const;
  const origin: Vector3 = [affine[3] ?? 0, affine[7] ?? 0, affine[11] ?? 0];
  return resampled(
    volume,
    [dims[1], dims[0], dims[2]],
    ([i, j, k]) => [j, i, k],
    affineFromColumns(...columns, origin),
  );
}

function mirrored(volume: Volume, [x, y, z]: readonly [boolean, boolean, boolean]): Volume {
  const { dims } = volume.geometry;
  const other = (index: number, size: number, turn: boolean) => (turn ? size - 1 - index : index);
  return resampled(volume, dims, ([i, j, k]) => [
    other(i, dims[0], x),
    other(j, dims[1], y),
    other(k, dims[2], z),
  ]);
}

const eightBits = (share: number) => Math.round(255 * Math.max(0, Math.min(1, share)));
const copies: Readonly<Record<string, (volume: Volume) => Volume>> = {
  'as it is': (volume) => volume,
  '8 bits': (volume) => recoloured(volume, [0, 1], eightBits),
  '8 bits in a window of 2 to 98 %': (volume) => recoloured(volume, [0.02, 0.98], eightBits),
  'gamma 0.5': (volume) => recoloured(volume, [0, 1], (share) => Math.sqrt(share)),
  'gamma 2': (volume) => recoloured(volume, [0, 1], (share) => share ** 2),
  'noise, sd 5 %': (volume) => recoloured(volume, [0.02, 0.98], (share) => share + 0.17 * (random() - 0.5)),
  'scaled to 75 %': (volume) => scaled(volume, 0.75),
  'scaled to 130 %': (volume) => scaled(volume, 1.3),
  'mirrored along i': (volume) => mirrored(volume, [true, false, false]),
  'mirrored along j and k': (volume) => mirrored(volume, [false, true, true]),
  'rows and columns exchanged': exchanged,
  'cropped by 5 % (2.5 % a side)': (volume) => cropped(volume, 0.025, 0.025),
  'cropped by 5 % (at one side)': (volume) => cropped(volume, 0.05, 0),
  'cropped by 10 % (5 % a side)': (volume) => cropped(volume, 0.05, 0.05),
};

const scans = (await Promise.all(process.argv.slice(2).map(imagesBelow))).flat();
const printed = (volume: Volume) => printOf(fingerprintOf(volume), volume.geometry);
const rounded = (value: number) => Number(value.toFixed(3));
const started = performance.now();
const prints = scans.map(({ patient, volume }) => ({ patient, print: printed(volume) }));
const msPerScan = rounded((performance.now() - started) / scans.length);

const different: number[] = [];
for (const [index, one] of prints.entries())
  for (const other of prints.slice(index + 1))
    if (one.patient !== other.patient) different.push(printDistance(one.print, other.print));
different.sort((a, b) => a - b);
const mean = different.reduce((sum, value) => sum + value, 0) / different.length;
const sd = Math.sqrt(different.reduce((sum, value) => sum + (value - mean) ** 2, 0) / different.length);
console.log(
  JSON.stringify({
    scans: scans.length,
    msPerScan,
    pairsOfDifferentPatients: different.length,
    falsePairs: different.filter((distance) => distance <= COPY_DISTANCE).length,
    nearest: different.slice(0, 3).map(rounded),
    mean: rounded(mean),
    sd: rounded(sd),
  }),
);
for (const [name, copyOf] of Object.entries(copies)) {
  const distances = scans
    .map(({ volume }, index) =>
      printDistance(prints[index]?.print ?? printed(volume), printed(copyOf(volume))),
    )
    .sort((a, b) => a - b);
  const upTo = (limit: number) => distances.filter((distance) => distance <= limit).length;
  console.log(
    JSON.stringify({
      copy: name,
      of: distances.length,
      found: upTo(COPY_DISTANCE),
      sure: upTo(SURE_COPY_DISTANCE),
      median: rounded(distances[distances.length >> 1] ?? 1),
      farthest: rounded(distances.at(-1) ?? 1),
    }),
  );
}
// Signs at random and the masks of real scans: as many pairs as that many scans of different patients make.
const many = Array.from({ length: PAIRS_OF }, (_, index): Print[] => {
  const print = prints[index % prints.length]?.print;
  if (print === undefined) return [];
  const half = print.words.length / 2;
  const words = print.words.map((word, at) =>
    at < half ? (word ^ Math.floor(random() * 2 ** 32)) >>> 0 : word,
  );
  return [{ ...print, words }];
}).flat();
const start = performance.now();
for (const [index, print] of many.entries()) copiesOf(print, many.slice(index + 1));
console.log(
  JSON.stringify({ scans: PAIRS_OF, secondsForAllPairs: rounded((performance.now() - start) / 1000) }),
);
