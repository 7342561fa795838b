/** Files that are no readable image: each is named with a sentence, nothing is thrown, and the good ones are read. */
import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LeftOut } from '#src/contracts/documents/import';
import { HeldoutError } from '#src/contracts/failure';
import type { Progress } from '#src/contracts/progress';
import { quietContext, type JobContext } from '#main/jobs/context';
import { eachVolume, type LoadedVolume } from './load-volumes';

const FIXTURES = 'main/dicom/fixtures';
/** Three slices of one scan, 8 mm apart. */
const STACK = 'main/dicom/fixtures/stack';
/** The patient's name and id, and the temporary place: what no sentence may hold. */
const IDENTITY = /fixture|heldout-bad-files/iu;
const PIXEL_DATA = Buffer.from([0xe0, 0x7f, 0x10, 0x00]);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heldout-bad-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function load(
  path: string,
  context: JobContext = quietContext(),
): Promise<{ volumes: LoadedVolume[]; leftOut: LeftOut[] }> {
  const volumes: LoadedVolume[] = [];
  const leftOut: LeftOut[] = [];
  for await (const item of eachVolume([path], context))
    if ('volume' in item) volumes.push(item.volume);
    else leftOut.push(item.leftOut);
  for (const { reason } of leftOut) {
    expect(reason).toMatch(/^\S.*\.$/u);
    expect(reason).not.toMatch(IDENTITY);
  }
  return { volumes, leftOut };
}

const fixture = (name: string) => readFile(join(FIXTURES, `${name}.dcm`));
const pixelsBegin = (bytes: Buffer) => bytes.lastIndexOf(PIXEL_DATA);

/** Overwrites the value of an element (explicit VR, short form) that is found by its tag and VR. */
function changed(bytes: Buffer, group: number, element: number, vr: string, value: string): Buffer {
  const tag = Buffer.alloc(6);
  tag.writeUInt16LE(group, 0);
  tag.writeUInt16LE(element, 2);
  tag.write(vr, 4, 'latin1');
  const at = bytes.indexOf(tag);
  const length = bytes.readUInt16LE(at + 6);
  const result = Buffer.from(bytes);
  result.write(value.padEnd(length, ' '), at + 8, length, 'latin1');
  return result;
}

interface BadFile {
  readonly file: string;
  readonly bytes: () => Promise<Uint8Array> | Uint8Array;
  readonly reason: RegExp;
  /** false for what nobody would take for an image. */
  readonly image?: boolean;
}

const BAD: readonly (readonly [what: string, bad: BadFile])[] = [
  ['nothing at all', { file: 'empty.dcm', bytes: () => new Uint8Array(), reason: /damaged or incomplete/u }],
  [
    'a text that is called .dcm',
    {
      file: 'letter.dcm',
      bytes: () => Buffer.from('Dear colleague, this is no image but it is long enough to be read as one.'),
      reason: /damaged or incomplete/u,
    },
  ],
  [
    'a text',
    {
      file: 'letter.txt',
      bytes: () => Buffer.from('Dear colleague'),
      reason: /^Not an image/u,
      image: false,
    },
  ],
  [
    'raw data beside an image',
    {
      file: 'raw.dcm',
      bytes: async () => changed(await fixture('explicit'), 8, 0x16, 'UI', '1.2.840.10008.5.1.4.1.1.66\0'),
      reason: /^Not an image/u,
      image: false,
    },
  ],
  ['two bytes', { file: 'short.dcm', bytes: () => Buffer.from([8, 0]), reason: /damaged or incomplete/u }],
  [
    'a preamble and no more',
    {
      file: 'preamble',
      bytes: async () => (await fixture('explicit')).subarray(0, 132),
      reason: /damaged or incomplete|cut off/u,
    },
  ],
  [
    'an image cut off in its header',
    {
      file: 'header.dcm',
      bytes: async () => (await fixture('explicit')).subarray(0, 700),
      reason: /^It is cut off/u,
    },
  ],
  [
    'an image cut off before its pixels',
    {
      file: 'before.dcm',
      bytes: async () => {
        const bytes = await fixture('explicit');
        return bytes.subarray(0, pixelsBegin(bytes));
      },
      reason: /the file ends before its pixels begin/u,
    },
  ],
  [
    'an image cut off in its pixels',
    {
      file: 'pixels.dcm',
      bytes: async () => (await fixture('explicit')).subarray(0, -500),
      reason: /^It is cut off: 1548 of 2048 bytes/u,
    },
  ],
  [
    'an image without pixels',
    { file: 'none.dcm', bytes: () => fixture('unread-no-pixels'), reason: /ends before its pixels begin/u },
  ],
  [
    'a video',
    {
      file: 'video.dcm',
      bytes: () => fixture('unread-mpeg-4'),
      reason:
        /Unsupported transfer syntax \(MPEG-4 video, 1\.2\.840\.10008\.1\.2\.4\.102\): export its pictures/u,
    },
  ],
  [
    'a transfer syntax that nobody knows',
    {
      file: 'unknown.dcm',
      bytes: async () => changed(await fixture('explicit'), 2, 0x10, 'UI', '1.2.840.10008.1.2.7\0'),
      reason: /Unsupported transfer syntax \(1\.2\.840\.10008\.1\.2\.7\)/u,
    },
  ],
  [
    'a colour image',
    { file: 'colour.dcm', bytes: () => fixture('unread-colour'), reason: /colour image \(RGB\)/u },
  ],
  [
    'a NIfTI file cut off in its gzip data',
    {
      file: 'mask.nii.gz',
      bytes: async () => {
        const whole = gzipSync(await readFile('main/nifti/fixtures/int16.nii'));
        return whole.subarray(0, -40);
      },
      reason: /^mask\.nii\.gz is cut off/u,
    },
  ],
  [
    'a zip archive under another name',
    {
      file: 'archive.bin',
      bytes: () => readFile(join(FIXTURES, 'zip-stored.zip')),
      reason: /without the ending \.zip/u,
    },
  ],
];

describe('what is left out', () => {
  it.each(BAD)('is named with a sentence when it is %s', async (_, { file, bytes, reason, image }) => {
    await mkdir(join(folder, 'deep'));
    await writeFile(join(folder, 'deep', file), await bytes());
    const { volumes, leftOut } = await load(folder);
    expect(volumes).toEqual([]);
    expect(leftOut).toEqual([
      { path: `deep/${file}`, reason: expect.stringMatching(reason) as string, image: image ?? true },
    ]);
    expect((await load(join(folder, 'deep', file))).leftOut[0]?.path).toBe(file);
  });

  it('does not keep good files from being read, however much of it there is', async () => {
    for (const [, { file, bytes }] of BAD) await writeFile(join(folder, file), await bytes());
    await cp(STACK, join(folder, 'good'), { recursive: true });
    const { volumes, leftOut } = await load(folder);
    expect(volumes.map(({ volume }) => volume.geometry.dims)).toEqual([[40, 36, 3]]);
    expect(volumes[0]?.warnings).toEqual([]);
    expect(leftOut.map(({ path }) => path).sort()).toEqual(BAD.map(([, { file }]) => file).sort());
  });

  it('is one slice of a scan when only that is cut off, and the gap shows', async () => {
    await cp(STACK, folder, { recursive: true });
    await writeFile(join(folder, '2.dcm'), (await readFile(join(STACK, '2.dcm'))).subarray(0, -2));
    const { volumes, leftOut } = await load(folder);
    expect(leftOut.map(({ path }) => path)).toEqual(['2.dcm']);
    // Two slices 16 mm apart: nothing says that one is missing between them, but the distance is kept.
    expect(volumes.map(({ volume }) => volume.geometry.dims)).toEqual([[40, 36, 2]]);
    const [, , stepX, , , , stepY, , , , stepZ] = volumes[0]?.volume.geometry.affine ?? [];
    expect(Math.hypot(stepX ?? 0, stepY ?? 0, stepZ ?? 0)).toBeCloseTo(16, 1);
  });

  it('is a link that leads nowhere', async () => {
    await symlink(join(folder, 'gone'), join(folder, 'link.dcm'));
    const { leftOut } = await load(folder);
    expect(leftOut).toEqual([
      {
        path: 'link.dcm',
        reason: 'It was gone when it was to be read: import it again when it is back.',
        image: true,
      },
    ]);
  });

  it('is never a folder that links to itself', async () => {
    await cp(STACK, folder, { recursive: true });
    await symlink(folder, join(folder, 'around'));
    const { volumes, leftOut } = await load(folder);
    expect(leftOut).toEqual([]);
    expect(volumes).toHaveLength(1);
  });
});

describe('header values that are not as they should be', () => {
  it.each([
    [
      'no pixel spacing',
      0x28,
      0x30,
      'DS',
      '',
      'No pixel spacing: millimetres and millilitres are not shown.',
    ],
    [
      'a pixel spacing of zero',
      0x28,
      0x30,
      'DS',
      '0\\0',
      'No pixel spacing: millimetres and millilitres are not shown.',
    ],
  ])('leave the image uncalibrated: %s', async (_, group, element, vr, value, warning) => {
    const bytes = changed(await fixture('explicit'), group, element, vr, value);
    await writeFile(join(folder, 'image.dcm'), bytes);
    const { volumes, leftOut } = await load(folder);
    expect(leftOut).toEqual([]);
    expect(volumes.map(({ volume, warnings }) => [volume.geometry.calibrated, warnings])).toEqual([
      [false, [warning]],
    ]);
  });

  it('never throw, whichever byte of the header is damaged', async () => {
    const bytes = await fixture('explicit');
    const end = pixelsBegin(bytes) + 12;
    for (let first = 132; first < end; first += 40) {
      const damaged = Buffer.from(bytes);
      damaged.fill(0xff, first, Math.min(first + 3, end));
      await writeFile(join(folder, `${first}.dcm`), damaged);
    }
    const files = Math.ceil((end - 132) / 40);
    const { volumes, leftOut } = await load(folder);
    const read = volumes.reduce((sum, { volume }) => sum + volume.geometry.dims[2], 0);
    expect(read).toBeGreaterThan(0);
    // Those with the same pixels in the same place are copies of each other.
    expect(read + leftOut.length).toBeLessThanOrEqual(files);
    expect(leftOut.every(({ path }) => /^\d+\.dcm$/u.test(path))).toBe(true);
  });
});

describe('a file that is cut off', () => {
  it('is left out wherever the cut is', async () => {
    const bytes = await fixture('explicit');
    const lengths = Array.from({ length: 90 }, (_, n) => n * 34).filter((length) => length < bytes.length);
    for (const length of lengths) await writeFile(join(folder, `${length}.dcm`), bytes.subarray(0, length));
    const { volumes, leftOut } = await load(folder);
    expect(volumes).toEqual([]);
    expect(leftOut.map(({ path }) => path)).toEqual(lengths.map((length) => `${length}.dcm`));
  });
});

describe('a file that vanishes', () => {
  /** Removes `file` as soon as `isTime` says so: the files are listed, and then their headers are read. */
  function vanishing(file: string, isTime: (progress: Progress) => boolean): JobContext {
    return {
      signal: new AbortController().signal,
      report(progress) {
        if (isTime(progress)) rmSync(file, { force: true });
      },
    };
  }

  it.each([
    ['before its header is read', 'Looking for images'],
    ['before its pixels are read', 'Reading headers'],
  ])('%s is left out with a sentence, and the rest is read', async (_, message) => {
    await cp(STACK, folder, { recursive: true });
    const context = vanishing(join(folder, '3.dcm'), (progress) => progress.message === message);
    const { volumes, leftOut } = await load(folder, context);
    expect(leftOut).toEqual([
      {
        path: '3.dcm',
        reason: 'It was gone when it was to be read: import it again when it is back.',
        image: true,
      },
    ]);
    expect(volumes.map(({ volume }) => volume.geometry.dims)).toEqual([[40, 36, 2]]);
  });

  it('may be the only one, or the whole zip archive', async () => {
    const alone = join(folder, 'image.dcm');
    await cp(join(FIXTURES, 'rle.dcm'), alone);
    const zip = join(folder, 'images.zip');
    await cp(join(FIXTURES, 'zip-stored.zip'), zip);
    for (const [file, path] of [
      [alone, 'image.dcm'],
      [zip, 'deep/image.dcm'],
    ] as const) {
      const context = vanishing(file, ({ message }) => message === 'Reading headers');
      const { volumes, leftOut } = await load(file, context);
      expect(volumes).toEqual([]);
      expect(leftOut.map((entry) => [entry.path, entry.reason.slice(0, 12)])).toEqual([
        [path, 'It was gone '],
      ]);
    }
  });
});

describe('a path', () => {
  it('that does not exist is an error that names it', async () => {
    const reading = load('no/such/folder');
    await expect(reading).rejects.toThrow(HeldoutError);
    await expect(load('no/such/folder')).rejects.toThrow(/^no\/such\/folder cannot be opened/u);
  });

  it('is not read on when the person has cancelled', async () => {
    const context: JobContext = { ...quietContext(), signal: AbortSignal.abort() };
    await expect(load(STACK, context)).rejects.toMatchObject({ failure: { code: 'cancelled' } });
  });
});

describe('a file of several frames', () => {
  it('whose frames have no place in the patient is one stack in stored order, without millimetres', async () => {
    await writeFile(join(folder, 'frames.dcm'), await fixture('frames/capture'));
    const { volumes, leftOut } = await load(folder);
    expect(leftOut).toEqual([]);
    expect(volumes.map(({ volume }) => volume.geometry.dims)).toEqual([[8, 6, 2]]);
    expect(volumes[0]?.volume.geometry.calibrated).toBe(false);
    expect(volumes[0]?.warnings).toEqual([expect.stringMatching(/no place in the patient/u)]);
  });

  it('whose frames share the place that the file names has a volume for each time', async () => {
    await writeFile(join(folder, 'frames.dcm'), await fixture('frames-of-one-place'));
    const { volumes, leftOut } = await load(folder);
    expect(leftOut).toEqual([]);
    expect(volumes.map(({ volume, phase }) => [volume.geometry.dims, phase])).toEqual([
      [[32, 32, 1], 0],
      [[32, 32, 1], 1],
    ]);
  });
});
