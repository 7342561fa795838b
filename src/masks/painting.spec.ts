/** What holds for every painting tool, whatever is painted with whatever rule: 10,000 cases on small grids. */
import { describe, expect, it } from 'vitest';
import type { Dims, Vector3 } from '#src/imaging/geometry';
import type { Plane } from '#src/imaging/slices';
import { integerBelow, randomStream, uniform, type Random } from '#src/models/random';
import { connectedRegion } from './connected';
import { fillBetween } from './fill-between';
import { islandsOf } from './islands';
import { LabelMap, type Brush } from './label-map';
import { lassoVoxels } from './lasso';
import { marginVoxels } from './margin';
import { overwritable, PAINT_OVER, type PaintRule } from './paint-over';
import { smoothedLabel } from './smooth';
import { decodeLabels, encodeLabels } from './rle';

const CASES = 10_000;
const SPACING: Vector3 = [1, 1.4, 3];

interface Case {
  readonly map: LabelMap;
  readonly rule: PaintRule;
  readonly chosen: number;
  readonly random: Random;
}
/** What a tool does: a label to write, 0 to erase or null for both, and the journal entry of it. */
type Tool = (given: Case) => { readonly label: number | null; readonly entry: Uint8Array | null };

/** A stroke of one to three moves. */
function strokeWith({ map, rule, chosen, random }: Case, label: number, range?: Brush['range']) {
  const place = (): Vector3 => [
    uniform(random, -1, map.dims[0]),
    uniform(random, -1, map.dims[1]),
    integerBelow(random, map.dims[2]),
  ];
  const brush = {
    ...{ radiusMm: uniform(random, 0.2, 3), label, spacing: SPACING },
    ...{ plane: integerBelow(random, 3) as Plane, ball: random() < 0.3 },
    over: overwritable(rule, label, chosen),
    ...(range === undefined ? {} : { range }),
  };
  map.beginStroke();
  let from = place();
  map.paintCapsule(from, from, brush);
  for (let move = integerBelow(random, 3); move > 0; move -= 1) {
    const to = place();
    map.paintCapsule(from, to, brush);
    from = to;
  }
  return { label, entry: map.commitStroke() };
}

const TOOLS: Readonly<Record<string, Tool>> = {
  brush: (given) => strokeWith(given, given.chosen),
  eraser: (given) => strokeWith(given, 0),
  between: ({ map, rule, chosen }) => {
    const over = overwritable(rule, chosen, chosen);
    const { voxels } = fillBetween(map.labels, map.dims, SPACING, chosen, over);
    return { label: chosen, entry: map.write(voxels, chosen, over) };
  },
  lasso: ({ map, rule, chosen, random }) => {
    const label = random() < 0.3 ? 0 : chosen;
    const plane = integerBelow(random, 3) as Plane;
    const points = Array.from(
      { length: 3 + integerBelow(random, 4) },
      () => [uniform(random, -2, 9), uniform(random, -2, 9)] as const,
    );
    const voxels = lassoVoxels(points, map.dims, plane, integerBelow(random, map.dims[2 - plane] ?? 1));
    return { label, entry: map.write(voxels, label, overwritable(rule, label, chosen)) };
  },
  fill: ({ map, rule, chosen, random }) => {
    const label = random() < 0.3 ? 0 : chosen;
    const seed = integerBelow(random, map.labels.length);
    const belongs = (at: number) => map.labels[at] === map.labels[seed];
    const { voxels } = connectedRegion(seed, map.dims, 0, Infinity, belongs);
    return { label, entry: map.write(voxels, label, overwritable(rule, label, chosen)) };
  },
  grow: ({ map, rule, chosen, random }) => {
    const label = random() < 0.3 ? 0 : chosen;
    const over = overwritable(rule, label, chosen);
    const samples = map.labels.map(() => integerBelow(random, 3));
    const belongs = (at: number) => samples[at] !== 2 && over[map.labels[at] ?? 0] === 1;
    const { voxels } = connectedRegion(integerBelow(random, samples.length), map.dims, null, 40, belongs);
    // As it is shown, taken back, and shown again with another range.
    map.beginStroke();
    map.paintVoxels(voxels, label, over);
    map.cancelStroke();
    map.beginStroke();
    map.paintVoxels(voxels.slice(0, 20), label, over);
    return { label, entry: map.commitStroke() };
  },
  'range brush': (given) => {
    const samples = given.map.labels.map(() => integerBelow(given.random, 4));
    return strokeWith(given, given.chosen, { samples, low: 1, high: 2 });
  },
  smooth: ({ map, rule, chosen, random }) => {
    const over = overwritable(rule, chosen, chosen);
    const inVolume = random() < 0.5;
    const { gained, lost } = smoothedLabel(map.labels, map.dims, SPACING, chosen, 3, inVolume, over);
    map.beginStroke();
    map.paintVoxels(gained, chosen, over);
    map.paintVoxels(lost, 0, overwritable(rule, 0, chosen));
    return { label: null, entry: map.commitStroke() };
  },
  margin: ({ map, rule, chosen, random }) => {
    const margin = uniform(random, -3, 3);
    const label = margin > 0 ? chosen : 0;
    const voxels = marginVoxels(map.labels, map.dims, SPACING, chosen, margin, random() < 0.5);
    return { label, entry: map.write(voxels, label, overwritable(rule, label, chosen)) };
  },
  'small islands': ({ map, rule, chosen }) => {
    const { voxels } = islandsOf(map.labels, map.dims, chosen, 8);
    return { label: 0, entry: map.write(voxels, 0, overwritable(rule, 0, chosen)) };
  },
  islands: ({ map, rule, chosen }) => {
    const { voxels } = islandsOf(map.labels, map.dims, chosen);
    return { label: 0, entry: map.write(voxels, 0, overwritable(rule, 0, chosen)) };
  },
};

/** A small grid with a few boxes of three labels, and any rule. */
function anything(seed: number, tool: string): Case {
  const random = randomStream(seed, tool.length, tool.charCodeAt(0));
  const dims: Dims = [3 + integerBelow(random, 7), 3 + integerBelow(random, 7), 1 + integerBelow(random, 6)];
  const labels = new Uint8Array(dims[0] * dims[1] * dims[2]);
  for (let box = integerBelow(random, 9); box > 0; box -= 1) {
    const label = 1 + integerBelow(random, 3);
    const [i, j, k] = dims.map((size) => integerBelow(random, size)) as [number, number, number];
    for (let z = k; z < Math.min(dims[2], k + 1 + (box % 2)); z += 1)
      for (let y = j; y < Math.min(dims[1], j + 3); y += 1)
        labels.fill(
          label,
          (z * dims[1] + y) * dims[0] + i,
          (z * dims[1] + y) * dims[0] + Math.min(dims[0], i + 3),
        );
  }
  const locked = new Set([1, 2, 3].filter(() => random() < 0.4));
  const over = PAINT_OVER[integerBelow(random, PAINT_OVER.length)] ?? 'everything';
  return {
    map: new LabelMap(labels, dims),
    rule: { over, locked },
    chosen: 1 + integerBelow(random, 3),
    random,
  };
}

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

describe.each(Object.entries(TOOLS))('%s', (name, tool) => {
  it('keeps to the rule; undo, redo and the journal say the same', () => {
    let changed = 0;
    for (let seed = 0; seed < CASES; seed += 1) {
      const given = anything(seed, name);
      const { map, rule, chosen } = given;
      const before = map.labels.slice();
      const { label, entry } = tool(given);
      const after = map.labels.slice();
      const fail = (what: string) => new Error(`${name}, seed ${seed}: ${what}`);
      if (map.isInStroke) throw fail('the stroke goes on');
      if (same(before, after) !== (entry === null))
        throw fail('the entry does not tell whether anything changed');
      before.forEach((present, at) => {
        if (after[at] === present) return;
        if (rule.over !== 'everything' && rule.locked.has(present)) throw fail('took from a locked label');
        if (rule.over === 'background' && present !== 0 && present !== chosen)
          throw fail('took from another label');
        if (rule.over === 'background' && label !== null && present !== (label === 0 ? chosen : 0))
          throw fail('wrote over a label');
      });
      if (entry === null) continue;
      changed += 1;
      map.undo();
      if (!same(map.labels, before) || map.canUndo) throw fail('undo is not what was before');
      map.redo();
      if (!same(map.labels, after) || map.canRedo) throw fail('redo is not what was done');
      const replayed = new LabelMap(before.slice(), map.dims);
      replayed.replay(entry);
      if (!same(replayed.labels, after)) throw fail('the journal differs');
      if (!same(decodeLabels(encodeLabels(after), after.length), after))
        throw fail('the run-length code differs');
    }
    // A tool that never changes anything would keep every rule.
    expect(changed).toBeGreaterThan(CASES / 50);
  });
});

it('a fast stroke has no gaps, however thin the brush and however coarse the grid', () => {
  const dims: Dims = [12, 11, 5];
  for (let seed = 0; seed < CASES; seed += 1) {
    const random = randomStream(seed, 1);
    const plane = integerBelow(random, 3) as Plane;
    const ball = random() < 0.5;
    const end = () =>
      dims.map((size, axis) => (axis === 2 - plane ? 2 : uniform(random, 0, size - 1))) as unknown as Vector3;
    const [from, to] = [end(), end()];
    const map = new LabelMap(new Uint8Array(dims[0] * dims[1] * dims[2]), dims);
    map.beginStroke();
    map.paintCapsule(from, to, {
      radiusMm: uniform(random, 0.01, 1.5),
      label: 1,
      spacing: SPACING,
      plane,
      ball,
    });
    for (let t = 0; t <= 1; t += 1 / 64) {
      const [i, j, k] = from.map((start, axis) => Math.round(start + t * ((to[axis] ?? 0) - start))) as [
        number,
        number,
        number,
      ];
      if (map.labels[(k * dims[1] + j) * dims[0] + i] !== 1) throw new Error(`seed ${seed}: a gap at ${t}`);
    }
    map.commitStroke();
  }
});

it('a single dab smaller than a voxel paints the voxel under it alone', () => {
  const map = new LabelMap(new Uint8Array(25), [5, 5, 1]);
  map.beginStroke();
  map.paintCapsule([2.4, 1.6, 0], [2.4, 1.6, 0], {
    radiusMm: 0.01,
    label: 1,
    spacing: [1, 1, 1],
    plane: 0,
    ball: false,
  });
  map.commitStroke();
  expect([...map.labels.keys()].filter((at) => map.labels[at] === 1)).toEqual([2 * 5 + 2]);
});
