/** The tools of Annotate on a real patient, held to SciPy and SimpleITK (fixtures/make-tools.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dims, Vector3 } from '#src/imaging/geometry';
import { connectedRegion } from './connected';
import { marginVoxels } from './margin';
import { EVERYTHING } from './paint-over';
import { smoothedLabel } from './smooth';

type Runs = readonly (readonly [from: number, to: number])[];

interface Reference {
  readonly dims: Dims;
  readonly spacing: Vector3;
  /** int16, little-endian, base64. */
  readonly values: string;
  readonly mask: Runs;
  readonly seed: number;
  readonly value: number;
  readonly cases: Readonly<Record<string, Runs>>;
}

const reference = JSON.parse(readFileSync('src/masks/fixtures/tools.json', 'utf8')) as Reference;
const { dims, spacing, seed, value } = reference;
const voxelsOf = (runs: Runs) =>
  runs.flatMap(([from, to]) => Array.from({ length: to - from }, (_, n) => from + n));
const labels = new Uint8Array(dims[0] * dims[1] * dims[2]);
for (const at of voxelsOf(reference.mask)) labels[at] = 1;
const values = new Int16Array(Uint8Array.from(Buffer.from(reference.values, 'base64')).buffer);

function answerTo(name: string): readonly number[] {
  const [tool, size = ''] = name.split(' ');
  const inVolume = name.endsWith('in the volume');
  switch (tool) {
    case 'margin':
      return marginVoxels(labels, dims, spacing, 1, Number(size), inVolume);
    case 'region': {
      const belongs = (at: number) => Math.abs((values[at] ?? NaN) - value) <= Number(size);
      return connectedRegion(seed, dims, name.endsWith('slice') ? 0 : null, Infinity, belongs).voxels;
    }
    default: {
      const { gained, lost } = smoothedLabel(labels, dims, spacing, 1, Number(size), inVolume, EVERYTHING);
      return [...gained, ...lost];
    }
  }
}

describe('on a patient of the sample', () => {
  it.each(Object.entries(reference.cases))('%s', (name, runs) => {
    const expected = voxelsOf(runs);
    expect(expected.length).toBeGreaterThan(100);
    expect([...answerTo(name)].sort((a, b) => a - b)).toEqual(expected);
  });
});
