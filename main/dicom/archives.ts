const MAGIC: readonly (readonly [name: string, offset: number, bytes: string])[] = [
  ['zip', 0, 'PK\x03\x04'],
  ['7z', 0, '7z\xbc\xaf\x27\x1c'],
  ['rar', 0, 'Rar!\x1a\x07'],
  ['tar', 257, 'ustar'],
  ['bzip2', 0, 'BZh'],
  ['xz', 0, '\xfd7zXZ\0'],
  ['zstd', 0, '\x28\xb5\x2f\xfd'],
];

/** Which kind of archive, or packed file that is not unpacked here, begins so (at least 512 bytes of it); else null. */
export function archiveName(head: Uint8Array): string | null {
  const found = MAGIC.find(
    ([, offset, bytes]) => String.fromCharCode(...head.subarray(offset, offset + bytes.length)) === bytes,
  );
  return found?.[0] ?? null;
}
