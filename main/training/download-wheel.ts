import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { HeldoutError } from '#src/contracts/failure';
import type { JobContext } from '#main/jobs/context';
import { runProgram } from './run-program';
import { PYTHON_VERSION, type TensorflowWheel } from './tensorflow-wheel';

const WATCH_MS = 300;

/**
 * Downloads a wheel with pip into `folder` and checks its hash. A finished download of an earlier attempt is used again;
 * one that was cut off is thrown away.
 *
 * @returns path of the wheel
 * @throws HeldoutError `resource` when Python, pip or the network is missing or the file is not the expected one
 */
export async function downloadWheel(
  wheel: TensorflowWheel,
  folder: string,
  context: JobContext,
): Promise<string> {
  const file = join(folder, wheel.file);
  await mkdir(folder, { recursive: true });
  if (existsSync(file) && (await sha256Of(file)) === wheel.sha256) return file;

  const partial = join(folder, 'partial');
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial);
  const report = (bytes: number) => {
    context.report({
      done: Math.round(bytes / 1e6),
      total: wheel.megabytes,
      unit: 'MB',
      message: `Downloading ${wheel.requirement.replace('==', ' ')} (${wheel.megabytes} MB, once for this computer)`,
    });
  };
  report(0);
  const watch = setInterval(() => {
    void sizeOf(partial).then(report);
  }, WATCH_MS);
  try {
    await runProgram(
      'python3',
      [
        ...[
          '-m',
          'pip',
          'download',
          '--disable-pip-version-check',
          '--no-cache-dir',
          '--progress-bar',
          'off',
        ],
        ...['--no-deps', '--only-binary=:all:', '--python-version', PYTHON_VERSION, '--implementation', 'cp'],
        ...['--platform', wheel.platformTag, '--dest', folder, wheel.requirement],
      ],
      {
        missing:
          'Python 3 is missing: install it (Debian: apt-get install python3 python3-pip), then try again.',
        failed:
          'pip could not download TensorFlow: check the network connection, then try again. What is complete is kept.',
        signal: context.signal,
        // pip writes to its temporary folder first; here it can be watched and cleaned up.
        environment: { TMPDIR: partial },
      },
    );
  } finally {
    clearInterval(watch);
    await rm(partial, { recursive: true, force: true });
  }
  const found = existsSync(file) ? await sha256Of(file) : 'nothing';
  if (found !== wheel.sha256) {
    await rm(file, { force: true });
    throw new HeldoutError(
      'resource',
      `The download of ${wheel.file} is not the expected file and was thrown away: try again.`,
      `expected ${wheel.sha256}, found ${found}`,
    );
  }
  return file;
}

/** SHA-256 of a file, hexadecimal. */
async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map((entry) =>
      stat(join(folder, entry)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
