import { defineConfig } from '@playwright/test';

/** Speed of the built app in a real window; prints figures and is no part of the tests. */
export default defineConfig({
  testDir: '.',
  testMatch: '*-speed.ts',
  outputDir: '../../test-results/bench',
  workers: 1,
  timeout: 1_800_000,
  reporter: 'line',
});
