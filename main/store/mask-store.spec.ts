import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Brush } from '#src/masks/label-map';
import { LabelMap } from '#src/masks/label-map';
import type { OpenedMask } from '#src/contracts/channels';
import type { Project } from './project';
import { gridOf, newScan, temporaryProject } from './testing/temporary-project';

const geometry = gridOf([16, 16, 3]);
const brush: Brush = { radiusMm: 3, label: 1, spacing: [1.5, 1.5, 8], plane: 0, ball: false };

let temporary: Awaited<ReturnType<typeof temporaryProject>>;
let project: Project;
let scanId: number;
beforeEach(async () => {
  temporary = await temporaryProject();
  project = temporary.project;
  const voxels = await project.voxels.put({ samples: new Int16Array(16 * 16 * 3), geometry });
  scanId = project.registry.addScans([newScan(voxels, geometry)]).added[0]?.id ?? 0;
});
afterEach(async () => {
  await project.close();
  await temporary.remove();
});

function mapOf(mask: OpenedMask): LabelMap {
  const map = new LabelMap(mask.labels, geometry.dims);
  for (const entry of mask.entries) map.replay(entry);
  return map;
}

/** Paints one dab at (i, j) and saves it. */
async function dab(map: LabelMap, maskId: number, i: number, j: number): Promise<void> {
  map.beginStroke();
  map.paintCapsule([i, j, 1], [i, j, 1], brush);
  const entry = map.commitStroke();
  if (entry !== null) await project.masks.append(maskId, entry);
}

describe('masks', () => {
  it('are there after closing, with undo', async () => {
    const opened = await project.masks.open(scanId);
    const map = mapOf(opened);
    await dab(map, opened.maskId, 4, 4);
    await dab(map, opened.maskId, 10, 10);
    await project.masks.append(opened.maskId, map.undo() ?? new Uint8Array());
    await project.masks.close(opened.maskId);
    await project.close();
    project = await temporary.open();
    const again = mapOf(await project.masks.open(scanId));
    expect(again.labels).toEqual(map.labels);
    expect([again.canUndo, again.canRedo]).toEqual([true, true]);
    again.redo();
    expect(again.labels[(16 + 10) * 16 + 10]).toBe(1);
    const summary = project.registry.mask(scanId, 'reference');
    expect(summary?.status).toBe('in progress');
    expect(summary?.voxels).toEqual({ '1': map.labels.filter((label) => label === 1).length });
  });

  it('lose nothing that was acknowledged when the process is gone, and cut off a torn record', async () => {
    const opened = await project.masks.open(scanId);
    const map = mapOf(opened);
    await dab(map, opened.maskId, 4, 4);
    const journal = join(temporary.folder, 'masks', `${opened.maskId}.journal`);
    const whole = await readFile(journal);
    await dab(map, opened.maskId, 10, 10);
    const both = await readFile(journal);
    // What kill -9 leaves: the files as they are now, without close().
    const snapshot = await readFile(join(temporary.folder, 'masks', `${opened.maskId}.hms`));
    await project.close();
    await writeFile(join(temporary.folder, 'masks', `${opened.maskId}.hms`), snapshot);
    await writeFile(journal, both.subarray(0, both.length - 3));
    project = await temporary.open();
    expect(project.registry.mask(scanId, 'reference')?.voxels['1']).toBeGreaterThan(0);
    const after = await project.masks.open(scanId);
    const recovered = mapOf(after);
    expect(recovered.labels[(16 + 4) * 16 + 4]).toBe(1);
    expect(recovered.labels[(16 + 10) * 16 + 10]).toBe(0);
    expect((await readFile(journal)).equals(whole)).toBe(true);
    await dab(recovered, after.maskId, 12, 3);
    expect((await project.masks.labels(scanId))?.[(16 + 3) * 16 + 12]).toBe(1);
  });

  it('may be opened twice, but painted once', async () => {
    const first = await project.masks.open(scanId);
    const second = await project.masks.open(scanId);
    expect([first.readOnly, second.readOnly]).toEqual([false, true]);
    await project.masks.close(second.maskId);
    await dab(mapOf(first), first.maskId, 4, 4);
  });

  it('keep strokes that are still being saved when they are closed and opened again', async () => {
    const first = await project.masks.open(scanId);
    const map = mapOf(first);
    const saved = [dab(map, first.maskId, 4, 4), dab(map, first.maskId, 10, 10)];
    const closed = project.masks.close(first.maskId);
    const second = await project.masks.open(scanId);
    expect(second.readOnly).toBe(false);
    const reopened = mapOf(second);
    expect(reopened.labels).toEqual(map.labels);
    await dab(reopened, second.maskId, 7, 12);
    await Promise.all([...saved, closed]);
    expect(await project.masks.labels(scanId)).toEqual(reopened.labels);
    await project.masks.close(second.maskId);
    expect(await project.masks.labels(scanId)).toEqual(reopened.labels);
  });

  it('are made for several scans at the same time, each its own', async () => {
    const { voxels } = project.registry.scan(scanId);
    const other = project.registry.addScans([newScan(voxels, geometry, { phase: 1 })]).added[0]?.id ?? 0;
    const labels = new Uint8Array(16 * 16 * 3).fill(1, 5, 9);
    const [opened, saved] = await Promise.all([
      project.masks.open(scanId),
      project.masks.save(other, labels),
    ]);
    expect(saved.id).not.toBe(opened.maskId);
    expect(await project.masks.labels(scanId)).toEqual(new Uint8Array(16 * 16 * 3));
    expect(await project.masks.labels(other)).toEqual(labels);
  });

  it('refuse strokes when they are not open, and what is no stroke', async () => {
    const { maskId } = await project.masks.open(scanId);
    await expect(project.masks.append(maskId, Uint8Array.of(1, 9))).rejects.toThrow('damaged');
    await project.masks.close(maskId);
    await expect(project.masks.append(maskId, Uint8Array.of(1, 0))).rejects.toThrow('not open for painting');
  });

  it('are imported once and never overwritten', async () => {
    const labels = new Uint8Array(16 * 16 * 3).fill(1, 100, 200);
    const saved = await project.masks.save(scanId, labels);
    expect(saved).toMatchObject({ status: 'done', voxels: { '1': 100 }, reader: 'reference' });
    expect(await project.masks.save(scanId, labels)).toEqual(saved);
    await expect(
      project.masks.save(
        scanId,
        labels.map(() => 1),
      ),
    ).rejects.toThrow('was not overwritten');
    await expect(project.masks.save(scanId, labels.subarray(1))).rejects.toThrow('another number of voxels');
    expect(await project.masks.labels(scanId)).toEqual(labels);
  });

  it('are kept under the name of their content for a run', async () => {
    expect(await project.masks.freeze(scanId)).toBeNull();
    const labels = new Uint8Array(16 * 16 * 3).fill(2, 5, 9);
    await project.masks.save(scanId, labels);
    const sha256 = await project.masks.freeze(scanId);
    expect((await project.voxels.get(sha256 ?? '')).samples).toEqual(labels);
    expect(await project.masks.freeze(scanId)).toBe(sha256);
  });

  it('are refused when their file is damaged or newer', async () => {
    await project.masks.save(scanId, new Uint8Array(16 * 16 * 3).fill(1, 5, 9));
    const path = join(temporary.folder, 'masks', '1.hms');
    const bytes = await readFile(path);
    await truncate(path, bytes.length - 1);
    await expect(project.masks.labels(scanId)).rejects.toThrow('1.hms is missing or damaged');
    await writeFile(path, bytes);
    await appendFile(path, 'x');
    await expect(project.masks.labels(scanId)).rejects.toThrow('1.hms is missing or damaged');
    await writeFile(path, Buffer.concat([Buffer.from('HMS2'), bytes.subarray(4)]));
    await expect(project.masks.labels(scanId)).rejects.toThrow('newer version');
  });
});
