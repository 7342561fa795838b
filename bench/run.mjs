/**
 * `node bench/run.mjs NAME [arguments]`: bundles bench/NAME.ts with the code it measures and runs it. The programs that
 * the measured code starts (import worker, training process, command line) are built beside it.
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
    ssr: true,
    outDir: `out/bench/${name}`,
    target: 'node20',
    sourcemap: true,
    minify: false,
    rollupOptions: {
      input: {
        [name]: `bench/${name}.ts`,
        cli: 'main/cli/cli.ts',
        training: 'main/training/process.ts',
        'import-worker': 'main/dicom/import-worker.ts',
      },
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
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
