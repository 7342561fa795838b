import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { build } from 'vite';

/**
 * Bundles one entry of the main process as electron-vite does, for tests that start it as a process of its own.
 *
 * @param entry path of the source file from the repository's root
 * @param name file name of the bundle without extension
 * @returns the folder that holds it, and its removal
 */
export async function builtEntry(
  entry: string,
  name: string,
): Promise<{ folder: string; remove: () => Promise<void> }> {
  // Inside the repository, so that packages are found.
  await mkdir('out', { recursive: true });
  const folder = await mkdtemp('out/test-entry-');
  await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      ssr: true,
      outDir: folder,
      target: 'node20',
      minify: false,
      rollupOptions: {
        input: { [name]: entry },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
