/**
 * `node bench/run.mjs NAME [arguments]`: bundles bench/NAME.ts with the code it measures and runs it.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const [name = '', ...args] = process.argv.slice(2);
const root = fileURLToPath(new URL('..', import.meta.url));
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  build: {
    ssr: `bench/${name}.ts`,
    outDir: `out/bench/${name}`,
    target: 'node20',
    sourcemap: true,
    minify: false,
  },
});
const { status } = spawnSync(
  process.execPath,
  ['--enable-source-maps', `out/bench/${name}/${name}.js`, ...args],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
process.exitCode = status ?? 1;
