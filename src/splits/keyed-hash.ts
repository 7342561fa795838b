/**
 * A keyed 53-bit hash of a name: the order that it gives is random to the eye, the same on every computer, and does
 * not depend on which other names exist, so adding patients never reorders the ones that were there.
 *
 * Two 32-bit multiply-xorshift lanes over the UTF-16 code units, each finished with MurmurHash3's mixer (Appleby,
 * public domain). Not for secrecy.
 */
export function keyedHash(seed: number, text: string): number {
  let high = Math.imul(seed ^ 0xdeadbeef, 0x85ebca6b) ^ text.length;
  let low = Math.imul(seed ^ 0x41c6ce57, 0xc2b2ae35) ^ text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = rotate(Math.imul(high ^ unit, 0x9e3779b1), 13);
    low = rotate(Math.imul(low ^ unit, 0x5f356495), 17);
  }
  const a = mix(high ^ Math.imul(low, 0x2545f491));
  const b = mix(low ^ Math.imul(a, 0x27d4eb2f));
  return (a & 0x1fffff) * 2 ** 32 + b;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
