import { describe, expect, it } from 'vitest';
import { storedWords } from './stored-words';

const bytesOf = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);
const words16 = (bytes: Uint8Array) => [...new Uint16Array(bytes.buffer)];
const twelve = { bits: 12, keepsSign: true, lossy: false };
const format = { bitsAllocated: 16, bitsStored: 12, highBit: 11, signed: false } as const;

describe('decoded samples', () => {
  it('are left as they are when they fill their words', () => {
    const decoded = bytesOf(1, 65535);
    expect(storedWords(decoded, { ...twelve, bits: 16 }, format)).toBe(decoded);
  });

  it('lose what lies above their own bits', () => {
    expect(words16(storedWords(bytesOf(0xf123, 0x0fff), twelve, format))).toEqual([0x123, 0xfff]);
  });

  it('are given their sign where the header says so and the codec keeps it', () => {
    const signed = { ...format, signed: true };
    expect(words16(storedWords(bytesOf(0x800, 0x7ff), twelve, signed))).toEqual([0xf800, 0x7ff]);
    expect(words16(storedWords(bytesOf(0x800), { ...twelve, keepsSign: false }, signed))).toEqual([0x800]);
  });

  it('are widened', () => {
    const eight = { ...twelve, bits: 8 };
    expect(words16(storedWords(Uint8Array.of(0, 255), eight, format))).toEqual([0, 255]);
    const wide = { bitsAllocated: 32, bitsStored: 32, highBit: 31, signed: true } as const;
    expect([...new Int32Array(storedWords(Uint8Array.of(5, 255), eight, wide).buffer)]).toEqual([5, -1]);
    expect([...new Int32Array(storedWords(bytesOf(0x7ff, 0x801), twelve, wide).buffer)]).toEqual([
      2047, -2047,
    ]);
  });

  it('stay within their range where something was lost, and are masked elsewhere', () => {
    const beyond = { bits: 16, keepsSign: true, lossy: true };
    expect(words16(storedWords(bytesOf(4095, 4100, 0), beyond, format))).toEqual([4095, 4095, 0]);
    const signed = { ...format, signed: true };
    expect([...new Int16Array(storedWords(bytesOf(0x0801, 0xf7ff, 0xffff), beyond, signed).buffer)]).toEqual([
      2047, -2048, -1,
    ]);
    const overlay = { ...beyond, lossy: false };
    expect(words16(storedWords(bytesOf(4100), overlay, format))).toEqual([4100]);
  });
});
