/**
 * Makes a fresh machine ready: Debian packages for a display (when root), an Electron, the build, the TensorFlow
 * engine. Each step says what it downloads and how large it is, and does nothing when it is done already.
 */
import { ensureDebianPackages } from './debian-packages.mjs';
import { electronExecutable } from './electron.mjs';
import { run } from './run.mjs';

/** Builds every part into out/. */
export async function build() {
  await run('npx', ['electron-vite', 'build', '--logLevel', 'warn']);
}

/** Installs the CPU engine of TensorFlow into the machine's cache unless it is there. */
export async function tensorflow() {
  await run(process.execPath, ['bin/heldout.mjs', 'doctor', '--install', 'cpu']);
}

/** What the window and its tests need. */
export async function display() {
  await ensureDebianPackages();
  await electronExecutable();
}
