import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { JobContext } from '#main/jobs/context';
import { runProgram } from './run-program';
import type { TensorflowWheel } from './tensorflow-wheel';

const MISSING_COMPILER =
  'A C++ compiler is missing: install g++ (Debian: apt-get install g++; macOS: xcode-select --install), then try again.';

/**
 * Compiles the addon of @tensorflow/tfjs-node-gpu against the libraries and headers in `folder` into
 * `folder`/tfjs_binding.node.
 *
 * The addon speaks Node-API 8, so one build serves Node 20 and every later Node and Electron.
 */
export async function buildAddon(
  wheel: TensorflowWheel,
  folder: string,
  context: JobContext,
): Promise<string> {
  const sources = join(folder, 'sources');
  const require = createRequire(import.meta.url);
  // Copied, because the compiler cannot read from the packaged app's archive.
  await copyFiles(
    join(dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json')), 'binding'),
    sources,
  );
  await copyFiles(require('node-api-headers').include_dir as string, sources);
  const mac = process.platform === 'darwin';
  const addon = join(folder, 'tfjs_binding.node');
  await runProgram(
    'g++',
    [
      ...['-O2', '-std=c++17', '-shared', '-fPIC', '-DNAPI_VERSION=8'],
      ...['-I', join(folder, 'include'), '-I', sources],
      ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(sources, name)),
      ...wheel.libraries.map((name) => join(folder, name)),
      // Node's own symbols are found when it loads the addon.
      ...(mac ? ['-undefined', 'dynamic_lookup', '-Wl,-rpath,@loader_path'] : ['-Wl,-rpath,$ORIGIN']),
      ...['-o', addon],
    ],
    {
      missing: MISSING_COMPILER,
      failed: 'The TensorFlow addon does not compile here: update g++ to version 9 or later, then try again.',
      signal: context.signal,
    },
  );
  await rm(sources, { recursive: true });
  await rm(join(folder, 'include'), { recursive: true });
  return addon;
}

/** Says what to install before anything is downloaded. */
export async function requireCompiler(signal: AbortSignal): Promise<void> {
  await runProgram('g++', ['--version'], { missing: MISSING_COMPILER, failed: MISSING_COMPILER, signal });
}

async function copyFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) await writeFile(join(to, name), await readFile(join(from, name)));
}
