import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { launch, type RunningApp } from './launch';

interface Fixtures {
  /** A folder of this test alone, deleted afterwards. */
  readonly home: string;
  /** The app, freshly started, with nothing remembered. */
  readonly app: RunningApp;
}

export const test = base.extend<Fixtures>({
  // Playwright reads the names of the fixtures that this one needs from the pattern.
  // eslint requires no empty pattern: it takes the worker's output folder.
  home: async ({ browserName: _browserName }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'heldout-e2e-'));
    await use(folder);
    // Helper processes of an app that was killed may still be writing for a moment.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  },
  app: async ({ home }, use) => {
    const app = await launch(home);
    await use(app);
    await app.electron.close();
  },
});

export { expect } from '@playwright/test';
