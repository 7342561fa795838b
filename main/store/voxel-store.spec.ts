import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Samples } from '#src/imaging/volume';
import { gridOf } from './testing/temporary-project';
import { readVoxelFile } from './voxel-file';
import { VoxelStore } from './voxel-store';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heldout-voxels-'));
});
afterAll(() => rm(folder, { recursive: true }));

const geometry = gridOf([3, 2, 2]);
const values = Array.from({ length: 12 }, (_, index) => index * 3);

describe('voxel files', () => {
  it.each<[string, Samples]>([
    ['int16', Int16Array.from(values, (value) => value - 9)],
    ['uint16', Uint16Array.from(values, (value) => value + 60_000)],
    ['float32', Float32Array.from(values, (value) => value / 7)],
    ['uint8', Uint8Array.from(values)],
  ])('give back %s samples and the grid', async (_, samples) => {
    const store = new VoxelStore(folder);
    const sha256 = await store.put({ samples, geometry });
    expect(await store.put({ samples, geometry })).toBe(sha256);
    expect(await store.get(sha256)).toEqual({ samples, geometry });
  });

  it('read the stored file of version 1', async () => {
    const volume = await readVoxelFile('main/store/fixtures/version-1.hvx');
    expect([...volume.samples]).toEqual(values.map((value) => value - 9));
    expect(volume.geometry).toEqual(geometry);
  });

  it('are refused when damaged, cut off, newer or missing', async () => {
    const store = new VoxelStore(folder);
    const sha256 = await store.put({ samples: Int16Array.from(values), geometry });
    const bytes = await readFile(store.path(sha256));
    const path = join(folder, 'damaged.hvx');
    const written = async (content: Uint8Array) => {
      await writeFile(path, content);
      return readVoxelFile(path);
    };
    await expect(written(bytes.subarray(0, -1))).rejects.toThrow('damaged.hvx is damaged');
    await expect(written(bytes.subarray(0, 20))).rejects.toThrow('damaged.hvx is damaged');
    await expect(written(Buffer.from('HVX2aaaaaaaa'))).rejects.toThrow('newer version');
    await expect(readVoxelFile(join(folder, 'absent.hvx'))).rejects.toThrow('is missing');
    await expect(async () => store.get('../../etc/passwd')).rejects.toThrow('no name of a voxel file');
  });
});
