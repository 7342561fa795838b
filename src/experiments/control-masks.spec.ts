import { describe, expect, it } from 'vitest';
import { constantMaskDice, ellipseMask, randomEllipse, shuffledOwners, stretchedMask } from './control-masks';

describe('random masks', () => {
  it('are the same in every slice of a patient and differ between patients', () => {
    const mask = ellipseMask(randomEllipse(1, 'P0001'), [40, 30, 3]);
    const slice = mask.subarray(0, 1200);
    expect(mask.subarray(1200, 2400)).toEqual(slice);
    expect(slice.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(15);
    expect(ellipseMask(randomEllipse(1, 'P0001'), [40, 30, 3])).toEqual(mask);
    expect(ellipseMask(randomEllipse(1, 'P0002'), [40, 30, 3])).not.toEqual(mask);
    expect(ellipseMask(randomEllipse(2, 'P0001'), [40, 30, 3])).not.toEqual(mask);
  });

  it('lie within the slice', () => {
    for (let index = 0; index < 200; index++) {
      const { centre, radii } = randomEllipse(5, `P${index}`);
      for (const axis of [0, 1] as const) {
        expect(centre[axis] - Math.max(...radii)).toBeGreaterThan(0);
        expect(centre[axis] + Math.max(...radii)).toBeLessThan(1);
      }
    }
  });
});

describe('the best constant mask', () => {
  it('is the ellipse itself for one patient, and no better than it can be for many', () => {
    expect(constantMaskDice([randomEllipse(1, 'a')])).toEqual([1]);
    const many = constantMaskDice(Array.from({ length: 40 }, (_, index) => randomEllipse(1, `P${index}`)));
    expect(many).toHaveLength(40);
    const mean = many.reduce((sum, value) => sum + value, 0) / 40;
    expect(mean).toBeGreaterThan(0.15);
    expect(mean).toBeLessThan(0.45);
    expect(constantMaskDice([])).toEqual([]);
  });
});

describe('shuffled labels', () => {
  it('leave nobody their own, and use everybody once', () => {
    const patients = Array.from({ length: 9 }, (_, index) => `P${index}`);
    const owners = shuffledOwners(3, patients);
    expect([...owners.keys()].sort()).toEqual(patients);
    expect([...owners.values()].sort()).toEqual(patients);
    for (const [patient, owner] of owners) expect(owner).not.toBe(patient);
    expect(shuffledOwners(3, [...patients].reverse())).toEqual(owners);
    expect(() => shuffledOwners(1, ['a'])).toThrow('two patients');
  });

  it('are stretched onto the other grid', () => {
    const mask = Uint8Array.from([1, 2, 3, 4]);
    expect([...stretchedMask(mask, [2, 2, 1], [4, 2, 1])]).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    expect([...stretchedMask(mask, [2, 2, 1], [2, 2, 2])]).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    expect([...stretchedMask(mask, [2, 2, 1], [1, 1, 1])]).toEqual([4]);
  });
});
