/** In a file of its own: what a process has loaded stays loaded. */
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { decodeFrame } from './codecs';
import { codecFixture, encodedFramesOf } from './testing/codec-fixtures';

const { cache } = createRequire(import.meta.url);
const isLoaded = () => Object.keys(cache).some((path) => path.includes('dcmjs-codecs'));

async function decodeAll(name: string): Promise<void> {
  const { encoding, frame, ...fixture } = codecFixture(name);
  for (const encoded of encodedFramesOf({ ...fixture, encoding, frame }))
    await decodeFrame(encoding, encoded, frame);
}

it('loads the codecs for the first frame that needs them', async () => {
  await decodeAll('frames-rle-with-table');
  await expect(decodeFrame('jpeg', new Uint8Array(8), codecFixture('rle-eight').frame)).rejects.toThrow();
  expect(isLoaded()).toBe(false);
  await decodeAll('jpeg-lossless-eight');
  expect(isLoaded()).toBe(true);
});
