/** Series with their DICOM masks into a real project: the masks' voxels are those that the oracles find. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImportDocument } from '#src/contracts/documents/import';
import { countLabels } from '#src/masks/label-counts';
import { quietContext } from '#main/jobs/context';
import { writeNifti } from '#main/nifti/write-nifti';
import { temporaryProject } from '#main/store/testing/temporary-project';
import { convertPaths } from './convert';
import { importPaths, type ImportRequest } from './import';

const FIXTURES = 'main/dicom/fixtures/masks';
const SERIES = join(FIXTURES, 'series');
const CINE = join(FIXTURES, 'cine');
const fixture = (name: string) => join(FIXTURES, `${name}.dcm`);
/** Reading in this thread: a worker would have to be built first. */
const HERE = { workerFile: null };

const expected = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as Record<
  string,
  { readonly voxels: Readonly<Record<string, number>>; readonly sha256: string }
>;

let temporary: Awaited<ReturnType<typeof temporaryProject>>;
beforeEach(async () => {
  temporary = await temporaryProject();
});
afterEach(async () => {
  await temporary.project.close();
  await temporary.remove();
});

function importInto(paths: string[], more: Partial<ImportRequest> = {}): Promise<ImportDocument> {
  return importPaths(temporary.project, { paths, ...more }, quietContext(), HERE);
}

/** The reference mask of a scan with the project's labels turned back into the numbers of the oracle. */
async function maskOf(scan: string, back: Readonly<Record<number, number>>) {
  const { project } = temporary;
  const labels = await project.masks.labels(project.registry.scanNamed(scan).id);
  if (labels === null) throw new Error(`${scan} has no mask`);
  const numbers = labels.map((label) => (label === 0 ? 0 : (back[label] ?? 255)));
  return { voxels: countLabels(numbers), sha256: createHash('sha256').update(numbers).digest('hex') };
}

const oracle = (name: string) => {
  const { voxels, sha256 } = expected[name] ?? { voxels: {}, sha256: '' };
  return { voxels, sha256 };
};
const reasons = ({ leftOut }: ImportDocument) => leftOut.map(({ reason }) => reason);

/** A copy of the fixtures' folder with a replacement in every DICOM file. */
async function changed(from: string, replace: (bytes: Buffer) => Buffer): Promise<string> {
  const folder = join(temporary.root, `changed-${from.split('/').at(-1) ?? ''}`);
  await cp(from, folder, { recursive: true });
  for (const name of await readdir(folder))
    await writeFile(join(folder, name), replace(await readFile(join(folder, name))));
  return folder;
}

describe('SEG, RTSTRUCT, NIfTI masks: matched to their scan by reference or geometry', () => {
  // The project's label 1 is called LV cavity: the segment of this name becomes 1, the other one the next free number.
  it.each([
    ['binary', { 2: 1, 1: 2 }],
    ['binary-backwards', { 2: 1, 1: 2 }],
    ['binary-implicit', { 2: 1, 1: 2 }],
    ['binary-deflated', { 2: 1, 1: 2 }],
    ['binary-rle', { 2: 1, 1: 2 }],
    ['binary-deflated-frames', { 2: 1, 1: 2 }],
    ['fractional-probability', { 2: 1, 1: 2 }],
    ['fractional-occupancy-rle', { 2: 1, 1: 2 }],
    ['labelmap', { 2: 1, 1: 2 }],
    ['labelmap-rle', { 2: 1, 1: 2 }],
    ['labelmap-16', { 1: 1, 2: 2 }],
    ['structures', { 1: 1, 4: 2 }],
    ['structures-partly', { 2: 1 }],
    ['structures-rt-utils', { 2: 1 }],
  ])('an import of a series with %s gives the scan every voxel', async (name, back) => {
    const report = await importInto([SERIES, fixture(name)]);
    expect(report).toMatchObject({ scans: 1, masks: 1, leftOut: [], questions: [], files: 7 });
    expect(await maskOf('P0001.1', back)).toEqual(oracle(name));
    const scan = temporary.project.registry.scanNamed('P0001.1');
    expect(scan.mask).toMatchObject({ status: 'done', reader: 'reference' });
  });

  it('again, and from another place, it adds nothing', async () => {
    await importInto([SERIES, fixture('binary'), fixture('structures')]);
    const before = temporary.project.registry.masks();
    const labels = temporary.project.labels();
    const again = await importInto([SERIES, fixture('binary')]);
    expect(again).toMatchObject({ scans: 0, masks: 0, alreadyPresent: 2, leftOut: [], warnings: [] });
    const moved = join(temporary.root, 'elsewhere');
    await mkdir(moved);
    await cp(fixture('binary'), join(moved, 'copy'));
    expect(await importInto([moved])).toMatchObject({ masks: 0, alreadyPresent: 1, leftOut: [] });
    expect(temporary.project.registry.masks()).toEqual(before);
    expect(temporary.project.labels()).toEqual(labels);
  });

  it('labels keep the name and the colour of their segments', async () => {
    const report = await importInto([SERIES, fixture('structures')]);
    expect(temporary.project.labels()).toEqual([
      { label: 1, name: 'LV cavity', colour: '#e69f00' },
      { label: 4, name: 'Ring', colour: '#ff8000' },
    ]);
    expect(report.warnings).toContain("Added to the project's labels: Ring (4).");
  });

  it('a number that a NIfTI mask of the same import holds is not taken for a segment', async () => {
    const { project } = temporary;
    await importInto([CINE]);
    const { geometry } = project.registry.scanNamed('P0001.1');
    const labels = new Uint8Array(11 * 13 * 3).fill(4, 0, 50);
    const file = join(temporary.root, 'FIXTURE_0_mask.nii.gz');
    await writeNifti(file, { samples: labels, geometry });
    const report = await importInto([SERIES, fixture('structures'), file], {
      maskFrom: /(?<patient>FIXTURE)_(?<phase>\d)_mask/u,
    });
    expect(report).toMatchObject({ scans: 1, masks: 2, leftOut: [] });
    expect(project.labels().map(({ label, name }) => [label, name])).toEqual([
      [1, 'LV cavity'],
      [2, 'Ring'],
      [4, 'Label 4'],
    ]);
    expect(await maskOf('P0001.3', { 1: 1, 2: 2 })).toEqual(oracle('structures'));
  });

  it('the warnings say what became of overlaps, fractions and contours off the slices', async () => {
    const structures = await importInto([SERIES, fixture('structures-partly')]);
    const text = structures.warnings.join('\n');
    expect(text).toContain('Mask of P0001.1: "Ring": 1 contour left out, up to 4.2 mm from the middle');
    expect(text).toContain('"Ring": 1 contour left out: another plane is nearer');
    expect(text).toContain('1 slice between its contours without one');
    const { project, remove } = await temporaryProject();
    const binary = await importPaths(
      project,
      { paths: [SERIES, fixture('fractional-probability')] },
      quietContext(),
      HERE,
    );
    expect(binary.warnings.join('\n')).toMatch(/P0001\.1: The segments are fractions.*half of the maximum/u);
    expect(binary.warnings.join('\n')).toContain('segments overlap in 36 voxels');
    await project.close();
    await remove();
  });

  it('the images that the frames name tell which phase a mask is for', async () => {
    await importInto([CINE]);
    const phases = temporary.project.registry.scans().map(({ scan, phase }) => [scan, phase]);
    expect(phases).toEqual([
      ['P0001.1', 0],
      ['P0001.2', 1],
    ]);
    const report = await importInto([fixture('phase')]);
    expect(report).toMatchObject({ masks: 1, leftOut: [] });
    expect(temporary.project.registry.scanNamed('P0001.1').mask).toBeNull();
    expect(await maskOf('P0001.2', labelsBack(['Myocardium', 'LV cavity']))).toEqual(oracle('phase'));
  });

  it('a mask for two phases is divided between them', async () => {
    const report = await importInto([CINE, fixture('both-phases')]);
    expect(report).toMatchObject({ scans: 2, masks: 2, leftOut: [] });
    const back = labelsBack(['Myocardium', 'LV cavity']);
    expect(report.warnings.filter((text) => text.includes('overlap in 30 voxels'))).toHaveLength(2);
    expect(await maskOf('P0001.1', back)).toEqual(oracle('both-phases 0'));
    expect(await maskOf('P0001.2', back)).toEqual(oracle('both-phases 1'));
  });

  it('scans that came before their images were noted are found by series, and their phases asked for', async () => {
    await importInto([CINE, SERIES]);
    forgetImages();
    const report = await importInto([fixture('binary'), fixture('phase')]);
    expect(report.masks).toBe(1);
    expect(await maskOf('P0001.3', labelsBack(['Myocardium', 'LV cavity']))).toEqual(oracle('binary'));
    expect(reasons(report)).toEqual([
      'It fits P0001.1 and P0001.2, and does not say which of them: say where it belongs with --mask-from.',
    ]);
    const named = join(temporary.root, 'named');
    await mkdir(named);
    await cp(fixture('phase'), join(named, 'FIXTURE_1.dcm'));
    const again = await importInto([named], { maskFrom: /(?<patient>[A-Z]+)_(?<phase>\d)/u });
    expect(again).toMatchObject({ masks: 1, leftOut: [] });
    expect(temporary.project.registry.scanNamed('P0001.2').mask).not.toBeNull();
  });

  it('a mask whose images are not there is given to the scan of its patient that has its grid, with a warning', async () => {
    const report = await importInto([SERIES, fixture('unknown-images')]);
    expect(report).toMatchObject({ masks: 1, leftOut: [] });
    expect(report.warnings.join('\n')).toContain('it was given to the scan by its place');
    expect(await maskOf('P0001.1', labelsBack(['Myocardium', 'LV cavity']))).toEqual(oracle('binary'));
  });

  it('rows and columns of the scan may be stored in another order', async () => {
    const { project } = temporary;
    await importInto([SERIES]);
    const scan = project.registry.scanNamed('P0001.1');
    const volume = await project.voxels.get(scan.voxels);
    const other = await temporaryProject();
    // Slices from the last to the first, columns from right to left.
    const [a, b, c] = scan.geometry.dims;
    const affine = scan.geometry.affine.map((value, n) => {
      const [i = 0, k = 0] = [n - (n % 4), n - (n % 4) + 2].map((at) => scan.geometry.affine[at]);
      if (n >= 12) return value;
      if (n % 4 === 0 || n % 4 === 2) return -value;
      return n % 4 === 3 ? value + i * (a - 1) + k * (c - 1) : value;
    });
    const samples = Int16Array.from({ length: a * b * c }, (_, n) => {
      const [i, j, k] = [n % a, Math.floor(n / a) % b, Math.floor(n / (a * b))];
      return volume.samples[((c - 1 - k) * b + j) * a + (a - 1 - i)] ?? 0;
    });
    // Without UIDs there are only the patient, here by the name of the file, and the place.
    const file = join(other.root, 'FIXTURE.nii.gz');
    await writeNifti(file, { samples, geometry: { ...scan.geometry, affine } });
    const report = await importPaths(
      other.project,
      { paths: [file, fixture('unknown-images')] },
      quietContext(),
      HERE,
    );
    expect(reasons(report)).toEqual([]);
    const mask = await other.project.masks.labels(1);
    const direct = await importInto([fixture('binary')]);
    expect(direct.masks).toBe(1);
    const straight = await project.masks.labels(scan.id);
    expect([...(mask ?? [])]).toEqual(
      Array.from({ length: a * b * c }, (_, n) => {
        const [i, j, k] = [n % a, Math.floor(n / a) % b, Math.floor(n / (a * b))];
        return straight?.[((c - 1 - k) * b + j) * a + (a - 1 - i)];
      }),
    );
    await other.project.close();
    await other.remove();
  });

  it('a folder of masks may hold DICOM masks, and a dry run says where they would go', async () => {
    const folder = join(temporary.root, 'masks');
    await mkdir(folder);
    await cp(fixture('binary'), join(folder, 'binary.dcm'));
    const dry = await importInto([SERIES], { masks: folder, dryRun: true });
    expect(dry).toMatchObject({ scans: 1, masks: 1, leftOut: [], files: 7 });
    expect(temporary.project.summary()).toMatchObject({ scans: 0, masks: 0 });
    expect(temporary.project.labels()).toHaveLength(1);
    expect(await importInto([SERIES], { masks: folder })).toMatchObject({ masks: 1, leftOut: [] });
  });
});

describe('SEG, RTSTRUCT, NIfTI masks: mismatched grid refused with numbers', () => {
  it('a segmentation with other pixels than the images that it names', async () => {
    const report = await importInto([SERIES, fixture('other-grid')]);
    expect(report).toMatchObject({ scans: 1, masks: 0 });
    expect(report.leftOut).toEqual([
      {
        path: 'other-grid.dcm',
        image: true,
        reason:
          'Its grid (11 x 13 x 4 voxels of 0.45 x 0.70 x 3.70 mm from (-19.3, 11.5, 42.4)) is not that of P0001.1, ' +
          'which has 11 x 13 x 6 voxels of 0.90 x 1.40 x 3.70 mm from (-21.5, 13.3, 40.0): resample it to the grid of ' +
          'its images.',
      },
    ]);
    // And nothing of it stays: not even its labels.
    expect(temporary.project.labels()).toHaveLength(1);
  });

  it('contours that lie on no slice', async () => {
    const report = await importInto([SERIES, fixture('structures-elsewhere')]);
    expect(report.masks).toBe(0);
    expect(reasons(report)).toEqual([
      'None of its 6 contours lies on a slice of P0001.1, which has 11 x 13 x 6 voxels of 0.90 x 1.40 x 3.70 mm from ' +
        '(-21.5, 13.3, 40.0): the nearest is 41.5 mm away from the middle of one. Import the images that it was drawn on.',
    ]);
  });

  it('a mask without its images, with the remedy', async () => {
    const first = await importInto([fixture('binary')]);
    expect(reasons(first)).toEqual([
      'There is no scan yet that this mask could belong to: import the images first.',
    ]);
    const strangers = await changed(SERIES, (bytes) =>
      Buffer.from(bytes.toString('latin1').replaceAll('FIXTURE', 'OTHER-1'), 'latin1'),
    );
    await importInto([strangers]);
    forgetImages();
    temporary.project.registry.database.run("update scans set series_lookup = 'another'", []);
    expect(reasons(await importInto([fixture('binary')]))).toEqual([
      'The images that it names are not in the project: import them first.',
    ]);
    expect(temporary.project.summary()).toMatchObject({ scans: 1, masks: 0 });
  });

  it('a second mask that differs is not written over the first', async () => {
    await importInto([SERIES, fixture('structures-partly')]);
    const labels = temporary.project.labels();
    const report = await importInto([fixture('binary')]);
    expect(report.masks).toBe(0);
    expect(reasons(report).join()).toMatch(/P0001\.1 has a reference mask already/u);
    expect(temporary.project.labels()).toEqual(labels);
  });

  it('a damaged mask is named, and the images stay', async () => {
    const folder = await changed(SERIES, (bytes) => bytes);
    const bytes = await readFile(fixture('binary'));
    await writeFile(join(folder, 'mask.dcm'), bytes.subarray(0, bytes.length - 300));
    const report = await importInto([folder]);
    expect(report).toMatchObject({ scans: 1, masks: 0 });
    expect(report.leftOut).toEqual([
      { path: 'mask.dcm', reason: expect.stringContaining('cut off') as string, image: true },
    ]);
  });

  it('a conversion leaves masks out and says what to do with them', async () => {
    const out = join(temporary.root, 'converted');
    const document = await convertPaths({ paths: [SERIES, fixture('binary')], out }, quietContext());
    expect(document.volumes).toHaveLength(1);
    expect(document.leftOut).toEqual([
      { path: 'binary.dcm', reason: 'It is a mask, not an image: import it into a project.', image: true },
    ]);
    await rm(out, { recursive: true });
  });
});

/** The project's labels of these names, as the numbers 1, 2, … of the oracle. */
function labelsBack(names: readonly string[]): Record<number, number> {
  const labels = temporary.project.labels();
  return Object.fromEntries(
    names.map((name, n) => [labels.find((label) => label.name === name)?.label ?? 0, n + 1]),
  );
}

/** As scans are that were imported by the first version. */
function forgetImages(): void {
  temporary.project.registry.database.run('delete from instances', []);
}
