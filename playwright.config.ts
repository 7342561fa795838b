import { defineConfig } from '@playwright/test';

/** End-to-end tests: the built app in real windows, one at a time, because each one takes the whole machine. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json', { outputFile: 'out/e2e.json' }]],
});
