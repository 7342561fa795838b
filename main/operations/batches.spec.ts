import { describe, expect, it } from 'vitest';
import { Batches } from './batches';

/** Work that ends when it is told to. */
function gate() {
  const batches: (readonly string[])[] = [];
  const open: (() => void)[] = [];
  const work = (batch: readonly string[]) => {
    batches.push(batch);
    return new Promise<void>((resolve) => open.push(resolve));
  };
  return { batches, work, next: () => open.shift()?.() };
}

const SIZES = [
  { items: 2, bytes: 100 },
  { items: 4, bytes: 400 },
] as const;

describe('batches', () => {
  it('begins when enough waits, and collects while it works', async () => {
    const { batches, work, next } = gate();
    const collected = new Batches(work, ...SIZES);
    await collected.add('a', 1);
    expect(batches).toEqual([]);
    await collected.add('b', 1);
    expect(batches).toEqual([['a', 'b']]);
    for (const name of ['c', 'd', 'e']) await collected.add(name, 1);
    expect(batches).toHaveLength(1);
    next();
    await Promise.resolve();
    const flushed = collected.flush();
    await new Promise(setImmediate);
    expect(batches).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
    next();
    await flushed;
  });

  it('begins with a single large item', async () => {
    const { batches, work } = gate();
    await new Batches(work, ...SIZES).add('large', 100);
    expect(batches).toEqual([['large']]);
  });

  it.each([
    ['items', 1],
    ['bytes', 200],
  ])('lets the adder wait when too much waits, in %s', async (_, bytes) => {
    const { batches, work, next } = gate();
    const collected = new Batches(work, { items: 1, bytes: 1 }, SIZES[1]);
    let added = 0;
    const adding = (async () => {
      for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
        await collected.add(name, bytes);
        added += 1;
      }
    })();
    await new Promise(setImmediate);
    expect(batches).toEqual([['a']]);
    expect(added).toBe(bytes === 1 ? 4 : 2);
    for (let n = 0; n < 6; n += 1) {
      next();
      await new Promise(setImmediate);
    }
    await adding;
    expect(batches.flat()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('throws what went wrong at the next call, and begins nothing more', async () => {
    let begun = 0;
    const collected = new Batches(
      () => {
        begun += 1;
        return Promise.reject(new Error('the disk is full'));
      },
      { items: 1, bytes: 1 },
      SIZES[1],
    );
    await collected.add('a', 1).catch(() => undefined);
    await new Promise(setImmediate);
    await expect(collected.add('b', 1)).rejects.toThrow('the disk is full');
    await expect(collected.flush()).rejects.toThrow('the disk is full');
    await collected.end();
    expect(begun).toBe(1);
  });

  it('forgets at the end what waits, and waits for what is worked on', async () => {
    const { batches, work, next } = gate();
    const collected = new Batches(work, { items: 1, bytes: 1 }, SIZES[1]);
    await collected.add('a', 1);
    await collected.add('b', 1);
    let ended = false;
    const ending = collected.end().then(() => (ended = true));
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    next();
    await ending;
    expect(batches).toEqual([['a']]);
  });
});
