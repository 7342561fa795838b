/** Philips private scaling: RescaleSlope values are used and the scaling recorded. */
import { expect, it } from 'vitest';
import { fixtureFields } from '#main/testing/dicom-fixture';
import { framesOf } from './frames-of';
import { philipsScaling } from './philips-scaling';

it.each(['philips', 'philips-implicit', 'philips-unknown'])(
  'Philips private scaling is recorded and not applied: %s',
  (name) => {
    const fields = fixtureFields(`frames/${name}`);
    expect(framesOf(fields).map(({ slope, intercept }) => [slope, intercept])).toEqual([
      [1.25, 0],
      [1.5, -3142],
      [2.25, 0],
      [2.5, -3142],
    ]);
    expect(philipsScaling(fields)).toBe(
      'Philips scaling: the values are the displayed ones (rescale slope 1.25 to 2.5); ' +
        'the private scale slope (2005,100E) 0.004 to 652 is not applied.',
    );
  },
);

it('says nothing of other files, and of Philips files without a scaling of their own', () => {
  expect(philipsScaling(fixtureFields('frames/enhanced-cine'))).toBeNull();
  expect(philipsScaling(fixtureFields('frames/enhanced-perfusion'))).toBeNull();
});
