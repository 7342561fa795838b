import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Launcher } from '#main/jobs/launcher';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { builtEntry } from '#main/testing/built-entry';
import { choosePrecision } from './precision';
import { multipliesBfloat16, readCpuInfo } from './processor';
import { killingTrials } from './testing/killing-trials';
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
  let built: Awaited<ReturnType<typeof builtEntry>>;
  beforeAll(async () => {
    built = await builtEntry('main/training/process.ts', 'training');
  });
  afterAll(() => built.remove());

  it('is float32 where the processor has nothing for bfloat16, without trying and without a word', async () => {
    const plain = { precision: 'float32', fallback: null };
    expect(await choosePrecision('auto', nothing, WITHOUT)).toEqual(plain);
    expect(await choosePrecision('float32', nothing, WITH)).toEqual(plain);
  });

  it('is float32 where bfloat16 fails, with the reason, and asking for it is refused', async () => {
    const { precision, fallback } = await choosePrecision('auto', nothing, WITH);
    expect(precision).toBe('float32');
    expect(fallback).toMatch(
      /float32, about half as fast.*ended its process \(code 1\) when bfloat16 was tried/u,
    );
    await expect(choosePrecision('bfloat16', nothing, WITH)).rejects.toThrow(/TensorFlow ended its process/u);
  });

  it('says so when the system kills the process that tries bfloat16', async () => {
    const { precision, fallback } = await choosePrecision(
      'auto',
      killingTrials(nodeLauncher(built.folder)),
      WITH,
    );
    expect(precision).toBe('float32');
    expect(fallback).toContain("The system ended TensorFlow's process when bfloat16 was tried");
  });

  describe.skipIf(!tensorflowForTests() || !multipliesBfloat16(readCpuInfo()))('with TensorFlow', () => {
    it('is bfloat16 where the processor multiplies it and the self-test passes', async () => {
      const best = { precision: 'bfloat16', fallback: null };
      expect(await choosePrecision('auto', nodeLauncher(built.folder))).toEqual(best);
      // It is not tried twice.
      expect(await choosePrecision('bfloat16', nothing)).toEqual(best);
    });
  });
});
