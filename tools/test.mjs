/**
 * `npm test`: sets the machine up, then every check and every test, and a last line `N passed, N failed`.
 *
 * A check (formatting, lint, types, layers, unused code) counts as one test.
 */
import { readFileSync } from 'node:fs';
import { endToEnd } from './e2e.mjs';
import { run } from './run.mjs';
import { build, display, tensorflow } from './setup.mjs';

let passed = 0;
let failed = 0;

/**
 * @param {string} title
 * @param {string} program
 * @param {readonly string[]} args
 */
async function check(title, program, args) {
  console.log(`\n=== ${title}`);
  const { code } = await run(program, args, { allowFailure: true });
  if (code === 0) passed += 1;
  else failed += 1;
}

console.log('=== setting up');
await display();
await build();
await tensorflow();

await check('formatting', 'npx', ['prettier', '--check', '.', '--log-level', 'warn']);
await check('lint', 'npx', ['eslint', '.']);
await check('types', process.execPath, ['tools/typecheck.mjs']);
await check('layers', 'npx', [
  'depcruise',
  'src',
  'main',
  'renderer',
  'e2e',
  '--config',
  '.dependency-cruiser.cjs',
]);

await check('unused code', 'npx', ['knip']);

console.log('\n=== unit tests');
await run(
  'npx',
  ['vitest', 'run', '--reporter=default', '--reporter=json', '--outputFile.json=out/unit.json'],
  {
    allowFailure: true,
  },
);
const unit = JSON.parse(readFileSync('out/unit.json', 'utf8'));
passed += unit.numPassedTests;
failed +=
  unit.numFailedTests +
  unit.testResults.filter(
    (/** @type {any} */ file) => file.assertionResults.length === 0 && file.status === 'failed',
  ).length;

console.log('\n=== end-to-end tests');
const windows = await endToEnd();
passed += windows.passed;
failed += windows.failed;

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
