import { expect, it } from 'vitest';
import { HeldoutError } from '#src/contracts/failure';
import { MaskJournal, type SaveState } from './mask-journal';

it('writes in order, one at a time', async () => {
  const written: number[] = [];
  let together = 0;
  const journal = new MaskJournal(
    async (entry) => {
      together += 1;
      expect(together).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      written.push(entry[0] ?? -1);
      together -= 1;
    },
    () => undefined,
  );
  for (let n = 0; n < 5; n += 1) journal.add(Uint8Array.of(n));
  await journal.settled();
  expect(written).toEqual([0, 1, 2, 3, 4]);
  expect(journal.pending).toBe(0);
});

it('keeps what could not be written and lets nothing overtake it', async () => {
  const written: number[] = [];
  const states: SaveState[] = [];
  let isFull = true;
  const journal = new MaskJournal(
    (entry) => {
      if (isFull) return Promise.reject(new HeldoutError('resource', 'The disk is full.'));
      written.push(entry[0] ?? -1);
      return Promise.resolve();
    },
    (state) => states.push(state),
  );
  journal.add(Uint8Array.of(1));
  await journal.settled();
  journal.add(Uint8Array.of(2));
  await journal.settled();
  expect(states.at(-1)).toEqual({ kind: 'failed', sentence: 'The disk is full.' });
  expect(journal.pending).toBe(2);
  isFull = false;
  journal.retry();
  await journal.settled();
  expect(written).toEqual([1, 2]);
  expect(states.at(-1)).toEqual({ kind: 'saved' });
});
