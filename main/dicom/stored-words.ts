import type { StoredFormat } from '#src/imaging/stored-values';

/** What is known of the samples that a codec gives. */
export interface DecodedFormat {
  /** Of a sample, at most 16. */
  readonly bits: number;
  /** The highest of these bits is the sign where the header says that pixels are signed. */
  readonly keepsSign: boolean;
  /** Samples may go beyond those that were encoded. */
  readonly lossy: boolean;
}

/**
 * Brings decoded samples (little-endian; a byte each when they have up to 8 bits, else two) to the words that the header
 * announces, `bitsAllocated` each. Bits above the samples' own are dropped. Where something was lost, values beyond Bits
 * Stored become the nearest that it holds: masked, the brightest would become black.
 */
export function storedWords(
  decoded: Uint8Array,
  { bits, keepsSign, lossy }: DecodedFormat,
  { bitsAllocated, bitsStored, highBit, signed }: StoredFormat,
): Uint8Array {
  const isSigned = signed && keepsSign;
  const mayExceed = lossy && bits > bitsStored && highBit === bitsStored - 1 && isSigned === signed;
  if (bits === bitsAllocated && !mayExceed) return decoded;
  const low = isSigned ? -(2 ** (bitsStored - 1)) : 0;
  const high = 2 ** (isSigned ? bitsStored - 1 : bitsStored) - 1;
  const view = new DataView(decoded.buffer, decoded.byteOffset, decoded.byteLength);
  const count = bits > 8 ? decoded.length >> 1 : decoded.length;
  const words = wordsOf(bitsAllocated, count);
  const unused = 32 - bits;
  for (let n = 0; n < count; n++) {
    const top = (bits > 8 ? view.getUint16(2 * n, true) : (decoded[n] ?? 0)) << unused;
    const value = isSigned ? top >> unused : top >>> unused;
    words[n] = mayExceed ? Math.min(Math.max(value, low), high) : value;
  }
  return new Uint8Array(words.buffer);
}

/** A negative value becomes two's complement in each of them. */
function wordsOf(bits: StoredFormat['bitsAllocated'], count: number) {
  if (bits === 8) return new Uint8Array(count);
  return bits === 16 ? new Uint16Array(count) : new Uint32Array(count);
}
