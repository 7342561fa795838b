import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quietContext } from '#main/jobs/context';
import { withMachineLock } from './machine-lock';

describe('the machine lock', () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heldout-lock-'));
    file = join(folder, 'lock');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('lets one in at a time and says that it waits', async () => {
    const order: string[] = [];
    let leave: () => void = () => undefined;
    const inside = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const first = withMachineLock(file, quietContext(), '', async () => {
      order.push('first in');
      await inside;
      order.push('first out');
    });
    const second = withMachineLock(
      file,
      {
        signal: new AbortController().signal,
        report: ({ message }) => {
          if (order.at(-1) !== message) order.push(message);
          leave();
        },
      },
      'waiting',
      () => Promise.resolve(order.push('second in')),
    );
    await Promise.all([first, second]);
    expect(order).toEqual(['first in', 'waiting', 'first out', 'second in']);
    expect(existsSync(file)).toBe(false);
  });

  it('is taken over from a process that has died, and released when the work fails', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    await writeFile(file, String(child.pid));
    await expect(
      withMachineLock(file, quietContext(), '', () => Promise.reject(new Error('no'))),
    ).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
  });

  it('can be given up', async () => {
    await writeFile(file, String(process.pid));
    const controller = new AbortController();
    const waiting = withMachineLock(
      file,
      {
        signal: controller.signal,
        report: () => {
          controller.abort();
        },
      },
      'waiting',
      () => Promise.resolve('never'),
    );
    await expect(waiting).rejects.toThrow('Stopped');
    await rm(file);
  });
});
