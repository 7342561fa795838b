import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Launcher } from '#main/jobs/launcher';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { builtEntry } from '#main/testing/built-entry';
import { choosePrecision } from './precision';
import { multipliesBfloat16, readCpuInfo } from './processor';
import { tensorflowForTests } from './testing/tensorflow';

const WITHOUT = 'flags\t\t: fpu avx2 avx512f';
const WITH = 'flags\t\t: fpu avx2 avx512f avx512_bf16';

/** Every program ends at once. */
const nothing: Launcher = {
  launch: () => ({
    pid: undefined,
    send: () => undefined,
    onMessage: () => undefined,
    onExit: (listener) => {
      setImmediate(listener, 1);
    },
    kill: () => undefined,
  }),
};

describe('the precision of a new run', () => {
  it('is float32 where the processor has nothing for bfloat16, without trying', async () => {
    expect(await choosePrecision('auto', nothing, WITHOUT)).toBe('float32');
    expect(await choosePrecision('float32', nothing, WITH)).toBe('float32');
  });

  it('is float32 where bfloat16 fails, and asking for it is refused with a sentence', async () => {
    expect(await choosePrecision('auto', nothing, WITH)).toBe('float32');
    await expect(choosePrecision('bfloat16', nothing, WITH)).rejects.toThrow(/TensorFlow ended its process/u);
  });

  describe.skipIf(!tensorflowForTests() || !multipliesBfloat16(readCpuInfo()))('with TensorFlow', () => {
    let built: Awaited<ReturnType<typeof builtEntry>>;
    beforeAll(async () => {
      built = await builtEntry('main/training/process.ts', 'training');
    });
    afterAll(() => built.remove());

    it('is bfloat16 where the processor multiplies it and the self-test passes', async () => {
      expect(await choosePrecision('auto', nodeLauncher(built.folder))).toBe('bfloat16');
      // It is not tried twice.
      expect(await choosePrecision('bfloat16', nothing)).toBe('bfloat16');
    });
  });
});
