import { readFileSync } from 'node:fs';

/** Linux' names for instructions that multiply bfloat16 (AMX, and AVX-512 BF16). */
const INSTRUCTIONS = /\b(?:amx_bf16|avx512_bf16)\b/u;

/** What Linux says about the processor; empty elsewhere. */
export function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}

/** Whether the processor has instructions that multiply bfloat16; false where nothing says so. */
export function multipliesBfloat16(cpuInfo: string): boolean {
  return INSTRUCTIONS.test(cpuInfo);
}
