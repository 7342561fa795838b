/** The part of the complex MR signal that an image shows. */
import { expect, it } from 'vitest';
import { fixtureFields } from '#main/testing/dicom-fixture';
import { complexPartOf, partOfImageType } from './complex-part';

it.each([
  ['ORIGINAL\\PRIMARY\\M\\ND', 'magnitude'],
  ['ORIGINAL\\PRIMARY\\P\\ND', 'phase'],
  ['ORIGINAL\\PRIMARY\\M_FFE\\M\\FFE', 'magnitude'],
  ['ORIGINAL\\PRIMARY\\PHASE MAP\\P\\FFE', 'phase'],
  ['ORIGINAL\\PRIMARY\\R_FFE\\R\\FFE', 'real'],
  ['ORIGINAL\\PRIMARY\\I_FFE\\I\\FFE', 'imaginary'],
  ['ORIGINAL\\PRIMARY\\T1\\P', 'phase'],
  ['ORIGINAL\\PRIMARY\\B0 MAP\\B0', null],
  ['ORIGINAL\\PRIMARY\\OTHER', null],
  ['DERIVED\\SECONDARY', null],
  ['', null],
] as const)('is named by the image type %s', (imageType, part) => {
  expect(partOfImageType(imageType)).toBe(part);
});

it('is read from a file, by its own element before its image type', () => {
  expect(complexPartOf(fixtureFields('diffusion/siemens'))).toBe('magnitude');
  // Image type M, but GE's element says phase.
  expect(complexPartOf(fixtureFields('diffusion/ge-axial'))).toBe('phase');
  // Image type M, but Complex Image Component says real.
  expect(complexPartOf(fixtureFields('diffusion/public'))).toBe('real');
});

it('is not looked for outside MR', () => {
  expect(complexPartOf(fixtureFields('frames/nuclear-tomo'))).toBeNull();
});
