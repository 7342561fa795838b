/** Type-checks every runtime with its own tsconfig, then the Svelte components. */
import { run } from './run.mjs';

for (const project of [
  'src/tsconfig.json',
  'src/tsconfig.spec.json',
  'main/tsconfig.json',
  'e2e/tsconfig.json',
])
  await run('npx', ['tsc', '-p', project]);
await run('npx', [
  'svelte-check',
  '--tsconfig',
  'renderer/tsconfig.json',
  '--fail-on-warnings',
  '--output',
  'human',
]);
