import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';
import { throttled, type JobContext } from '#main/jobs/context';
import { buildAddon, requireCompiler } from './build-addon';
import { downloadWheel } from './download-wheel';
import { withMachineLock } from './machine-lock';
import { runProgram } from './run-program';
import { cacheFolder, INSTALL_RECORD, tensorflowFolder, type TensorflowKind } from './tensorflow-cache';
import { PYTHON_VERSION, tensorflowWheel, type TensorflowWheel } from './tensorflow-wheel';
import { unpackWheel } from './unpack-wheel';

const MISSING_PIP =
  "Python's pip is missing: install it (Debian: apt-get install python3-pip; macOS: python3 -m ensurepip), then try again.";
/** The wheel, the unpacked libraries and the CUDA packages at once. */
const DISK_BYTES = { cpu: 1.3e9, gpu: 9e9 } as const;

/**
 * Installs TensorFlow's libraries and the addon that reaches them, once for this machine (design/machine.md): the Python
 * wheel is downloaded with pip, checked, unpacked, the addon is compiled, and the finished folder is renamed into
 * place. Doing it twice does nothing; a damaged installation is made anew; a second process waits for the first.
 *
 * @throws HeldoutError `resource` with what is missing (Python, pip, g++, disk, network), `cancelled`
 */
export async function installTensorflow(kind: TensorflowKind, context: JobContext): Promise<void> {
  const folder = tensorflowFolder(kind);
  const wheel = tensorflowWheel(kind);
  const cache = cacheFolder();
  await mkdir(cache, { recursive: true });
  const waiting = 'Another Heldout installs TensorFlow on this computer; waiting for it';
  await withMachineLock(join(cache, 'tensorflow.lock'), context, waiting, async () => {
    if (await isWhole(folder)) return;
    await requireTools(context.signal);
    await requireDisk(cache, DISK_BYTES[kind]);
    await clearLeftovers(folder);
    const file = await downloadWheel(wheel, join(cache, 'downloads'), throttled(context));
    const staging = `${folder}.partial-${process.pid}`;
    await mkdir(staging);
    try {
      await fill(kind, wheel, file, staging, context);
      await rm(folder, { recursive: true, force: true });
      await rename(staging, folder);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
    await rm(file);
    context.report({ done: 1, total: 1, unit: 'engines', message: 'TensorFlow is installed' });
  });
}

async function fill(
  kind: TensorflowKind,
  wheel: TensorflowWheel,
  file: string,
  staging: string,
  context: JobContext,
): Promise<void> {
  const { cudaRequirements } = await unpackWheel(wheel, file, staging, context);
  context.report({ done: 0, total: null, unit: 'files', message: 'Compiling the TensorFlow addon' });
  await buildAddon(wheel, staging, context);
  if (kind === 'gpu') await installCuda(cudaRequirements, join(staging, 'cuda'), context);
  const files: Record<string, number> = {};
  for (const name of [...wheel.libraries, 'tfjs_binding.node'])
    files[name] = (await stat(join(staging, name))).size;
  const record: InstallRecord = { wheel: wheel.file, sha256: wheel.sha256, files };
  await writeFile(join(staging, INSTALL_RECORD), `${JSON.stringify(record, null, 2)}\n`);
}

/** CUDA and cuDNN as the wheel's own metadata asks for them. */
async function installCuda(
  requirements: readonly string[],
  target: string,
  context: JobContext,
): Promise<void> {
  context.report({
    done: 0,
    total: null,
    unit: 'MB',
    message: 'Downloading the CUDA libraries (about 3,000 MB, once for this computer)',
  });
  await runProgram(
    'python3',
    [
      ...['-m', 'pip', 'install', '--disable-pip-version-check', '--no-cache-dir', '--progress-bar', 'off'],
      ...['--no-deps', '--only-binary=:all:', '--python-version', PYTHON_VERSION, '--implementation', 'cp'],
      ...['manylinux_2_27_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64'].flatMap((tag) => [
        '--platform',
        tag,
      ]),
      ...['--target', target, ...requirements],
    ],
    {
      missing: MISSING_PIP,
      failed: 'pip could not download the CUDA libraries: check the network connection, then try again.',
      signal: context.signal,
    },
  );
}

interface InstallRecord {
  readonly wheel: string;
  readonly sha256: string;
  /** Size in bytes of each file, to notice a damaged installation. */
  readonly files: Readonly<Record<string, number>>;
}

async function isWhole(folder: string): Promise<boolean> {
  try {
    const record = JSON.parse(await readFile(join(folder, INSTALL_RECORD), 'utf8')) as Partial<InstallRecord>;
    const files = Object.entries(record.files ?? {});
    const sizes = await Promise.all(
      files.map(async ([name, size]) => (await stat(join(folder, name))).size === size),
    );
    return files.length > 0 && sizes.every(Boolean);
  } catch {
    return false;
  }
}

async function requireTools(signal: AbortSignal): Promise<void> {
  await runProgram('python3', ['-m', 'pip', '--version'], {
    missing: 'Python 3 is missing: install it (Debian: apt-get install python3 python3-pip), then try again.',
    failed: MISSING_PIP,
    signal,
  });
  await requireCompiler(signal);
}

async function requireDisk(folder: string, bytes: number): Promise<void> {
  const disk = await statfs(folder);
  const free = disk.bavail * disk.bsize;
  if (free < bytes)
    throw new HeldoutError(
      'resource',
      `TensorFlow needs ${(bytes / 1e9).toFixed(1)} GB while it is installed, and ${folder} has ${(free / 1e9).toFixed(1)} GB free: make room, or name another folder in HELDOUT_CACHE.`,
    );
}

/** Half-made folders of attempts that were killed. */
async function clearLeftovers(folder: string): Promise<void> {
  const parent = dirname(folder);
  if (!existsSync(parent)) return;
  for (const name of await readdir(parent))
    if (name.startsWith(`${basename(folder)}.partial-`))
      await rm(join(parent, name), { recursive: true, force: true });
}
