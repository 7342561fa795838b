import { defineConfig } from '@playwright/test';

/** Speed of the built app in a real window; prints figures and is no part of the tests. */
export default defineConfig({
  testDir: '.',
  testMatch: 'window-speed.ts',
  outputDir: '../../test-results/bench',
  workers: 1,
  timeout: 300_000,
  reporter: 'line',
});
