import { describe, expect, it } from 'vitest';
import { multipliesBfloat16, readCpuInfo } from './processor';

describe('the processor', () => {
  it('multiplies bfloat16 with AMX or AVX-512 BF16 only', () => {
    expect(multipliesBfloat16('flags\t\t: fpu avx512f avx512_bf16 avx512_vnni')).toBe(true);
    expect(multipliesBfloat16('flags\t\t: fpu amx_bf16 amx_tile')).toBe(true);
    expect(multipliesBfloat16('flags\t\t: fpu avx2 avx512f avx512_vnni amx_tile amx_int8')).toBe(false);
    expect(multipliesBfloat16('')).toBe(false);
    expect(typeof multipliesBfloat16(readCpuInfo())).toBe('boolean');
  });
});
