/**
 * Seeded random numbers, the same on every machine.
 *
 * Streams are keyed, not continued: the numbers for (seed, purpose, step, sample) never depend on how many were drawn
 * before, so a resumed run and any number of feeding workers draw exactly what an undisturbed run draws.
 */
export type Random = () => number;

/** Mixes one 32-bit word into a hash (the finaliser of MurmurHash3; Appleby, public domain). */
function mix(hash: number, word: number): number {
  let h = (hash ^ Math.imul(word | 0, 0xcc9e2d51)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) + 0x9e3779b9;
}

/** Numbers in [0, 1) of the stream named by `key` (sfc32, Chris Doty-Humphrey's PractRand). */
export function randomStream(...key: readonly number[]): Random {
  const words = [0x243f6a88, 0x85a308d3, 0x13198a2e].map((start) => key.reduce(mix, start) | 0);
  let [a = 0, b = 0, c = 0] = words;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let warmUp = 0; warmUp < 12; warmUp++) next();
  return next;
}

/** A standard normal number (Box and Muller 1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A number in [low, high). */
export function uniform(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** An integer in [0, count). */
export function integerBelow(random: Random, count: number): number {
  return Math.floor(random() * count);
}

/** 0 … count - 1 in random order (Fisher and Yates). */
export function permutation(random: Random, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let index = count - 1; index > 0; index--) {
    const other = integerBelow(random, index + 1);
    const kept = order[index] ?? 0;
    order[index] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}
