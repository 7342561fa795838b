import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The oldest runtimes that run this: Node 20 for the command line, Electron 33 (Chromium 130) for the window. */
const NODE = 'node20.11';
const CHROMIUM = 'chrome130';

/**
 * Three builds: the main process with its helper processes and the command line (Node), the preload script
 * (sandboxed, so one CommonJS file) and the page.
 */
export default defineConfig({
  main: {
    build: {
      target: NODE,
      outDir: 'out/main',
      sourcemap: true,
      rollupOptions: {
        input: {
          app: here('main/electron/app.ts'),
          cli: here('main/cli/cli.ts'),
          training: here('main/training/process.ts'),
          estimates: here('main/operations/estimates-process.ts'),
          'import-worker': here('main/dicom/import-worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      target: NODE,
      outDir: 'out/preload',
      rollupOptions: {
        input: { preload: here('main/electron/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: here('renderer'),
    plugins: [svelte()],
    build: {
      target: CHROMIUM,
      outDir: here('out/renderer'),
      rollupOptions: { input: { index: here('renderer/index.html') } },
    },
  },
});
