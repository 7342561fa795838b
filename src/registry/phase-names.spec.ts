import { describe, expect, it } from 'vitest';
import { affineFromColumns, type Geometry } from '#src/imaging/geometry';
import type { MaskStatus } from './records';
import { phaseNames, type NamedScan } from './phase-names';

const geometry: Geometry = {
  dims: [4, 4, 3],
  affine: affineFromColumns([1, 0, 0], [0, 1, 0], [0, 0, 8], [0, 0, 0]),
  calibrated: true,
};

let made = 0;
/** A scan at a phase; `voxels` of label 1 and as many of label 2 in its mask, null for none. */
function scan(
  phase: number | null,
  voxels: number | null,
  changes: Partial<NamedScan> & { status?: MaskStatus } = {},
): NamedScan {
  made += 1;
  const { status = 'done', ...rest } = changes;
  const mask =
    voxels === null
      ? null
      : {
          id: made,
          scanId: made,
          reader: 'reference',
          status,
          voxels: { 1: voxels, 2: voxels },
          updatedAt: '',
        };
  return {
    scan: `${made}`,
    seriesId: 1,
    seriesDescription: '',
    view: 'short axis',
    phase,
    geometry,
    mask,
    ...rest,
  };
}

const namesOf = (scans: readonly NamedScan[]) => {
  const names = phaseNames(scans);
  return scans.map((each) => names.get(each.scan)?.name ?? null);
};

describe('phases', () => {
  it('are numbered while no masks tell them apart', () => {
    expect(namesOf([scan(0, null), scan(1, null), scan(2, 100)])).toEqual([
      'phase 1 of 3',
      'phase 2 of 3',
      'phase 3 of 3',
    ]);
  });

  it('are ED and ES where the masks are largest and smallest, whatever the order', () => {
    const scans = [scan(0, 60), scan(1, 90), scan(2, 100), scan(3, null), scan(19, 80)];
    expect(namesOf(scans)).toEqual(['ES', 'phase 2 of 20', 'ED', 'phase 4 of 20', 'phase 20 of 20']);
    expect(phaseNames(scans).get(scans[2]?.scan ?? '')).toEqual({ name: 'ED', place: 'phase 3 of 20' });
  });

  it('of masks that hardly differ are numbered', () => {
    expect(namesOf([scan(0, 96), scan(1, 100)])).toEqual(['phase 1 of 2', 'phase 2 of 2']);
    expect(namesOf([scan(0, 94), scan(1, 100)])).toEqual(['ES', 'ED']);
  });

  it('are not named after empty masks nor after those still being painted', () => {
    expect(namesOf([scan(0, 0), scan(1, 100)])).toEqual(['phase 1 of 2', 'phase 2 of 2']);
    for (const status of ['to do', 'in progress'] as const)
      expect(namesOf([scan(0, 50, { status }), scan(1, 100)])).toEqual(['phase 1 of 2', 'phase 2 of 2']);
    expect(namesOf([scan(0, 50, { status: 'second look' }), scan(1, 100)])).toEqual(['ES', 'ED']);
  });

  it('are compared in millilitres, within their own series', () => {
    const thin = { ...geometry, affine: affineFromColumns([1, 0, 0], [0, 1, 0], [0, 0, 2], [0, 0, 0]) };
    expect(namesOf([scan(0, 100), scan(1, 200, { geometry: thin })])).toEqual(['ED', 'ES']);
    expect(namesOf([scan(0, 100), scan(1, 50, { seriesId: 2 })])).toEqual(['phase 1', 'phase 2 of 2']);
  });

  it('of several echoes in one series are told apart', () => {
    const echo = (phase: number, voxels: number, time: string) =>
      scan(phase, voxels, { seriesDescription: `echo time ${time} ms` });
    expect(namesOf([echo(0, 100, '2'), echo(1, 50, '2'), echo(0, 40, '4'), echo(1, 80, '4')])).toEqual([
      'ED',
      'ES',
      'ES',
      'ED',
    ]);
    // Nothing tells these apart, so nothing is concluded.
    expect(namesOf([scan(0, 100), scan(0, 90), scan(1, 50)])).toEqual([
      'phase 1 of 2',
      'phase 1 of 2',
      'phase 2 of 2',
    ]);
  });

  it('of scans without time have no name', () => {
    expect(namesOf([scan(null, 100), scan(null, 50)])).toEqual([null, null]);
    expect(phaseNames([]).size).toBe(0);
  });
});
