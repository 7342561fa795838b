import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { quietContext } from '#main/jobs/context';
import { downloadWheel } from './download-wheel';
import { engineStatus } from './engines';
import { installTensorflow } from './install-tensorflow';
import { installedTensorflow, tensorflowFolder } from './tensorflow-cache';
import { loadTensorflow } from './tensorflow-binding';
import { tensorflowWheel } from './tensorflow-wheel';

describe('installing TensorFlow', () => {
  let cache: string;
  let programs: string;

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'heldout-cache-'));
    programs = join(cache, 'programs');
    await mkdir(programs);
    vi.stubEnv('HELDOUT_CACHE', cache);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(cache, { recursive: true });
  });
  const program = async (name: string) => {
    await symlink(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(programs, name));
  };

  it('names what is missing and how to get it', async () => {
    vi.stubEnv('PATH', programs);
    await expect(installTensorflow('cpu', quietContext())).rejects.toThrow(
      /Python 3 is missing: install it/u,
    );
    await writeFile(join(programs, 'python3'), '#!/bin/sh\nexit 1\n');
    await chmod(join(programs, 'python3'), 0o755);
    await expect(installTensorflow('cpu', quietContext())).rejects.toThrow(/pip is missing: install it/u);
    await writeFile(join(programs, 'python3'), '#!/bin/sh\nexit 0\n');
    await expect(installTensorflow('cpu', quietContext())).rejects.toThrow(
      /compiler is missing: install g\+\+/u,
    );
    expect(installedTensorflow()).toBeNull();
    // Nothing was downloaded, and no lock is left behind.
    expect(await readdir(cache)).toEqual(['programs']);
  });

  it('throws a wrong download away', async () => {
    // A pip that delivers another file under the right name.
    const wheel = tensorflowWheel('cpu');
    await writeFile(
      join(programs, 'python3'),
      `#!/bin/sh\nwhile [ "$1" != --dest ]; do shift; done\necho other > "$2/${wheel.file}"\n`,
    );
    await chmod(join(programs, 'python3'), 0o755);
    vi.stubEnv('PATH', `${programs}:${process.env['PATH'] ?? ''}`);
    const folder = join(cache, 'downloads');
    await expect(downloadWheel(wheel, folder, quietContext())).rejects.toThrow('not the expected file');
    expect(await readdir(folder)).toEqual([]);
  });

  it('says that pip failed, and leaves nothing half done', async () => {
    await writeFile(
      join(programs, 'python3'),
      '#!/bin/sh\n[ "$3" = --version ] && exit 0\necho part > "$TMPDIR/part.whl"\nexit 1\n',
    );
    await chmod(join(programs, 'python3'), 0o755);
    await program('g++');
    vi.stubEnv('PATH', `${programs}:${process.env['PATH'] ?? ''}`);
    await expect(installTensorflow('cpu', quietContext())).rejects.toThrow('check the network connection');
    expect(await readdir(join(cache, 'downloads'))).toEqual([]);
    expect(await readdir(cache)).not.toContain('tensorflow.lock');
  });

  it('makes a damaged installation anew instead of trusting it', async () => {
    const folder = tensorflowFolder('cpu');
    await mkdir(folder);
    await writeFile(join(folder, 'libtensorflow_cc.so.2'), 'cut off');
    await writeFile(join(folder, 'install.json'), '{"files":{"libtensorflow_cc.so.2":788086608}}');
    vi.stubEnv('PATH', programs);
    await expect(installTensorflow('cpu', quietContext())).rejects.toThrow('Python 3 is missing');
  });

  it('is asked for in a sentence where there is none', async () => {
    expect(await engineStatus()).toEqual([
      expect.objectContaining({ engine: 'tensorflow', available: false }),
    ]);
    expect((await engineStatus())[0]?.sentence).toContain('doctor --install cpu');
    expect(() => loadTensorflow(1)).toThrow('not installed');
  });

  it('knows the wheel of each platform, and where there is none', () => {
    expect(tensorflowWheel('cpu', 'linux', 'x64').file).toBe(
      'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
    );
    expect(tensorflowWheel('gpu', 'linux', 'x64').requirement).toBe('tensorflow==2.21.0');
    expect(tensorflowWheel('cpu', 'darwin', 'arm64').libraries[0]).toBe('libtensorflow_cc.2.dylib');
    expect(() => tensorflowWheel('cpu', 'win32', 'x64')).toThrow('no TensorFlow cpu engine for win32');
  });
});
