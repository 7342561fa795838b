#!/usr/bin/env node
/**
 * Starts the command line. In a checkout it is built first when there is no build or a source is newer than it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const built = join(root, 'out/main/cli.js');

/**
 * Newest modification time (ms) of the TypeScript files below a folder.
 *
 * @param {string} folder
 * @returns {number}
 */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) latest = Math.max(latest, newest(path));
    else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts'))
      latest = Math.max(latest, statSync(path).mtimeMs);
  }
  return latest;
}

const isCheckout = existsSync(join(root, 'main/cli/cli.ts'));
const stale =
  isCheckout &&
  (!existsSync(built) ||
    statSync(built).mtimeMs < Math.max(newest(join(root, 'main')), newest(join(root, 'src'))));
if (stale) {
  process.stderr.write('Building Heldout (a few seconds, once) …\n');
  const build = spawnSync(
    process.execPath,
    [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'error'],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (build.status !== 0) {
    process.stderr.write('The build failed; the lines above say why.\n');
    process.exit(3);
  }
}
await import(pathToFileURL(built).href);
