/**
 * `npm run e2e`: makes the machine ready, builds and runs the end-to-end tests in real windows, on a display of
 * their own when there is none.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { run } from './run.mjs';
import { build, display } from './setup.mjs';

const RESULTS = 'out/e2e.json';

/**
 * Runs the end-to-end tests on the present build.
 *
 * @param {readonly string[]} [args] further arguments of Playwright, for instance one file
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function endToEnd(args = []) {
  const code = await playwright(args);
  const { stats } = JSON.parse(readFileSync(RESULTS, 'utf8'));
  const failed = stats.unexpected + stats.flaky;
  // A failure outside of any test (a configuration that does not load) has no count of its own.
  return { passed: stats.expected, failed: failed === 0 && code !== 0 ? 1 : failed };
}

/**
 * Runs Playwright, on a display of its own when there is none.
 *
 * @param {readonly string[]} args
 * @returns {Promise<number | null>} its exit code
 */
async function playwright(args) {
  const test = ['npx', 'playwright', 'test', ...args];
  const needsDisplay =
    process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'];
  const [program, ...rest] = needsDisplay
    ? ['xvfb-run', '-a', '--server-args=-screen 0 2560x1440x24', ...test]
    : test;
  const { code } = await run(/** @type {string} */ (program), rest, {
    allowFailure: true,
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: RESULTS },
  });
  return code;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await display();
  await build();
  if (process.argv[2] === 'speed') {
    process.exitCode = (await playwright(['--config', 'e2e/speed/playwright.config.ts'])) ?? 1;
    process.exit();
  }
  const { passed, failed } = await endToEnd(process.argv.slice(2));
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
