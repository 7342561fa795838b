import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dims, Vector3 } from '#src/imaging/geometry';
import type { Brush } from './brush';
import { LabelMap } from './label-map';
import { overwritable } from './paint-over';

/** vitest's own comparison walks typed arrays element by element, which takes seconds here. */
const same = (a: Uint8Array, b: Uint8Array | undefined) => Buffer.from(a).equals(b ?? new Uint8Array());
const sameAll = (a: readonly Uint8Array[], b: readonly Uint8Array[]) =>
  a.length === b.length && a.every((state, index) => same(state, b[index]));

const dims: Dims = [23, 17, 7];
const emptyMap = (maximumUndo?: number) =>
  new LabelMap(new Uint8Array(dims[0] * dims[1] * dims[2]), dims, maximumUndo);
const brush = (overrides: Partial<Brush> = {}): Brush => ({
  radiusMm: 3,
  label: 1,
  spacing: [1, 1, 3],
  plane: 0,
  ball: false,
  ...overrides,
});

const point = fc.tuple(
  fc.double({ min: -2, max: dims[0] + 1, noNaN: true }),
  fc.double({ min: -2, max: dims[1] + 1, noNaN: true }),
  fc.double({ min: 0, max: dims[2] - 1, noNaN: true }),
);
const anyBrush = fc.record({
  radiusMm: fc.double({ min: 0.1, max: 6, noNaN: true }),
  label: fc.integer({ min: 0, max: 3 }),
  plane: fc.constantFrom(0 as const, 1 as const, 2 as const),
  ball: fc.boolean(),
});
const stroke = fc.record({ points: fc.array(point, { minLength: 1, maxLength: 4 }), brush: anyBrush });
const action = fc.oneof(
  { weight: 4, arbitrary: stroke.map((value) => ({ kind: 'stroke' as const, ...value })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'undo' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'redo' as const }) },
);

function paint(map: LabelMap, points: readonly Vector3[], options: Brush): Uint8Array | null {
  map.beginStroke();
  points.forEach((to, index) => map.paintCapsule(points[Math.max(0, index - 1)] ?? to, to, options));
  return map.commitStroke();
}

/** Does the actions and returns the journal that they leave. */
function perform(
  map: LabelMap,
  actions: readonly (typeof action extends fc.Arbitrary<infer T> ? T : never)[],
) {
  return actions
    .map((done) => {
      if (done.kind === 'undo') return map.undo();
      if (done.kind === 'redo') return map.redo();
      return paint(map, done.points, brush(done.brush));
    })
    .filter((entry) => entry !== null);
}

/** All labels on the way down the undo stack. */
function unwind(map: LabelMap): Uint8Array[] {
  const states = [map.labels.slice()];
  while (map.undo() !== null) states.push(map.labels.slice());
  return states;
}

describe('LabelMap', () => {
  it('takes back every stroke and does it again (property)', () => {
    fc.assert(
      fc.property(fc.array(stroke, { minLength: 1, maxLength: 5 }), (strokes) => {
        const map = emptyMap();
        const states = [map.labels.slice()];
        for (const { points, brush: options } of strokes)
          if (paint(map, points, brush(options)) !== null) states.push(map.labels.slice());
        for (let at = states.length - 2; at >= 0; at -= 1) {
          map.undo();
          expect(same(map.labels, states[at])).toBe(true);
        }
        expect(map.canUndo).toBe(false);
        for (let at = 1; at < states.length; at += 1) {
          map.redo();
          expect(same(map.labels, states[at])).toBe(true);
        }
        expect(map.canRedo).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same labels and undo stack when its journal is replayed (property)', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 8 }), (actions) => {
        const map = emptyMap();
        const again = emptyMap();
        for (const entry of perform(map, actions)) again.replay(entry);
        expect(same(again.labels, map.labels)).toBe(true);
        expect(again.canRedo).toBe(map.canRedo);
        expect(sameAll(unwind(again), unwind(map))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same labels and stacks from its history (property)', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 8 }), fc.integer({ min: 1, max: 4 }), (actions, limit) => {
        const map = emptyMap(limit);
        perform(map, actions);
        const { base, entries } = map.history();
        const again = new LabelMap(base, dims, limit);
        for (const entry of entries) again.replay(entry);
        expect(same(again.labels, map.labels)).toBe(true);
        expect(again.canRedo).toBe(map.canRedo);
        expect(sameAll(unwind(again), unwind(map))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('never writes over protected labels, nor over what the brush is not for (property)', () => {
    fc.assert(
      fc.property(fc.array(stroke, { maxLength: 3 }), stroke, (first, second) => {
        const map = emptyMap();
        for (const { points, brush: options } of first) paint(map, points, brush(options));
        const before = map.labels.slice();
        paint(
          map,
          second.points,
          brush({
            ...second.brush,
            label: 9,
            over: overwritable({ over: 'background', locked: new Set([2]) }, 9, 9),
          }),
        );
        map.labels.forEach((label, index) => {
          if (label !== before[index]) expect([label, before[index]]).toEqual([9, 0]);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('leaves no gap on a fast stroke (property)', () => {
    const inside = fc.tuple(
      fc.double({ min: 0, max: dims[0] - 1, noNaN: true }),
      fc.double({ min: 0, max: dims[1] - 1, noNaN: true }),
    );
    fc.assert(
      fc.property(
        inside,
        inside,
        fc.double({ min: 1, max: 3, noNaN: true }),
        ([x0, y0], [x1, y1], radiusMm) => {
          const map = emptyMap();
          paint(map, [[x0, y0, 3] as const, [x1, y1, 3] as const], brush({ radiusMm }));
          for (let t = 0; t <= 1; t += 0.05) {
            const [i, j] = [Math.round(x0 + t * (x1 - x0)), Math.round(y0 + t * (y1 - y0))];
            expect(map.labels[(3 * dims[1] + j) * dims[0] + i]).toBe(1);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is round in millimetres on anisotropic voxels and flat in its plane', () => {
    const map = emptyMap();
    paint(map, [[11, 8, 3]], brush({ plane: 1, radiusMm: 6 }));
    const painted = [...map.labels.keys()].filter((index) => map.labels[index] === 1);
    const along = (axis: (index: number) => number) => {
      const values = painted.map(axis);
      return [Math.min(...values), Math.max(...values)];
    };
    expect(along((index) => index % dims[0])).toEqual([5, 17]);
    expect(along((index) => Math.floor(index / dims[0]) % dims[1])).toEqual([8, 8]);
    expect(along((index) => Math.floor(index / (dims[0] * dims[1])))).toEqual([1, 5]);
  });

  it('paints only samples in range', () => {
    const samples = Int16Array.from({ length: dims[0] * dims[1] * dims[2] }, (_, index) => index % 5);
    const map = emptyMap();
    paint(map, [[11, 8, 3]], brush({ range: { samples, low: 2, high: 3 } }));
    const painted = [...samples].filter((_, index) => map.labels[index] === 1);
    expect(new Set(painted)).toEqual(new Set([2, 3]));
  });

  it('takes back a cancelled stroke and says what changed', () => {
    const map = emptyMap();
    const boxes: unknown[] = [];
    map.onChange((box) => boxes.push(box));
    map.beginStroke();
    map.paintCapsule([5, 5, 2], [5, 5, 2], brush());
    map.cancelStroke();
    expect(map.labels.every((label) => label === 0)).toBe(true);
    expect(map.canUndo).toBe(false);
    expect(boxes).toEqual([
      { min: [2, 2, 2], max: [8, 8, 2] },
      { min: [0, 2, 2], max: [22, 8, 2] },
    ]);
  });

  it('refuses strokes of a newer version and strokes outside the grid', () => {
    expect(() => emptyMap().replay(Uint8Array.of(2, 0))).toThrow('newer version');
    expect(() => emptyMap().replay(Uint8Array.of(1, 0, 0, 0xff, 0xff, 0x01, 0, 1))).toThrow(
      'outside its scan',
    );
    expect(() => emptyMap().replay(Uint8Array.of(1, 0, 0, 0x85))).toThrow('cut off');
  });
});
