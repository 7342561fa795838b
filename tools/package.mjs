/**
 * `npm run package`: builds the packages of this platform that can be built on this machine. By default a folder
 * and, on Linux, a tar.gz; further targets of electron-builder.yml are named as arguments (`deb`, `AppImage`, …) where
 * their tools are at hand.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { electronFolder } from './electron.mjs';
import { run } from './run.mjs';
import { build } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * @param {string} folder of an unpacked Electron
 * @returns {string} its version
 */
function versionOf(folder) {
  return readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/u, '');
}

/**
 * Packages the built app.
 *
 * @param {readonly string[]} targets of electron-builder, for instance `dir`
 */
export async function packageApp(targets) {
  const electron = await electronFolder();
  const wanted = JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8')).version;
  const version = versionOf(electron);
  if (version !== wanted)
    console.log(`Packaging with Electron ${version} from this machine; a release is built with ${wanted}.`);
  const archiver = '/usr/bin/7z';
  await run(
    'npx',
    [
      'electron-builder',
      ...targets,
      '--publish=never',
      `--config.electronDist=${electron}`,
      `--config.electronVersion=${version}`,
    ],
    { env: existsSync(archiver) ? { ELECTRON_BUILDER_7ZIP_PATH: archiver } : {} },
  );
}

const targets = process.argv.slice(2);
await build();
await packageApp(
  targets.length > 0 ? targets : process.platform === 'linux' ? ['--linux', 'dir', 'tar.gz'] : ['--dir'],
);
