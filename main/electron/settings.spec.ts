import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SettingsFile } from './settings';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'heldout-settings-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As it was written before the painting rule was remembered. */
const WITHOUT_RULE = `{
  "version": 1,
  "page": { "theme": "dark", "lookFirst": true },
  "window": null,
  "recent": [{ "name": "hearts", "folder": "/data/hearts", "openedAt": "2026-01-02T03:04:05.000Z" }]
}`;

it('reads a file from before there was a painting rule', () => {
  const file = join(folder, 'settings.json');
  writeFileSync(file, WITHOUT_RULE);
  const settings = new SettingsFile(file);
  expect(settings.page).toEqual({ theme: 'dark', lookFirst: true, paintOver: 'everything' });
  expect(settings.recent).toHaveLength(1);
});

it('remembers what may be painted over', async () => {
  const file = join(folder, 'settings.json');
  const settings = new SettingsFile(file);
  await settings.setPage({ ...settings.page, paintOver: 'background' });
  expect(new SettingsFile(file).page.paintOver).toBe('background');
});

it('leaves a file of a newer version as it is', async () => {
  const file = join(folder, 'settings.json');
  writeFileSync(file, '{"version": 2, "page": {"theme": "sepia"}}');
  const settings = new SettingsFile(file);
  await settings.setPage({ ...settings.page, paintOver: 'unlocked' });
  expect(readFileSync(file, 'utf8')).toBe('{"version": 2, "page": {"theme": "sepia"}}');
});
