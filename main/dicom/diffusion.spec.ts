/** Diffusion: b values and gradients of every vendor are those of dcm2niix, whose vectors have no sign. */
import { expect, it } from 'vitest';
import { dot, length } from '#src/imaging/vectors';
import { expectedOf, fixtureFields } from '#main/testing/dicom-fixture';
import { diffusionOf } from './diffusion';

interface Expected {
  readonly bValue: number;
  readonly gradient: readonly [number, number, number];
}
const expected = expectedOf('diffusion') as Record<string, Expected>;

it.each(Object.entries(expected))(
  'b value and gradient are those of dcm2niix: %s',
  (name, { bValue, gradient }) => {
    const found = diffusionOf(fixtureFields(`diffusion/${name}`));
    expect(found.bValue).toBeCloseTo(bValue, 3);
    expect(found.gradient === null ? NaN : length(found.gradient)).toBeCloseTo(1, 6);
    expect(Math.abs(dot(found.gradient ?? [0, 0, 0], gradient)) / length(gradient)).toBeGreaterThan(1 - 1e-6);
  },
);

it.each([
  ['none-philips-trace', 1000],
  ['none-ge-trace', 900],
  // Its header has the b of the series.
  ['none-ge-b0', 0],
  // The header does not say along which directions of the patient.
  ['none-canon-sagittal', 1000],
])('an image without a direction has its b value alone: %s', (name, bValue) => {
  expect(diffusionOf(fixtureFields(`diffusion/${name}`))).toEqual({ bValue, gradient: null });
});

it('is unknown for an image that says nothing of it', () => {
  expect(diffusionOf(fixtureFields('explicit'))).toEqual({ bValue: null, gradient: null });
});
