const MAGIC: readonly (readonly [name: string, offset: number, bytes: string])[] = [
  ['zip', 0, 'PK\x03\x04'],
  ['7z', 0, '7z\xbc\xaf\x27\x1c'],
  ['rar', 0, 'Rar!\x1a\x07'],
  ['tar', 257, 'ustar'],
  ['bzip2', 0, 'BZh'],
  ['xz', 0, '\xfd7zXZ\0'],
  ['zstd', 0, '\x28\xb5\x2f\xfd'],
];

const IMAGES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['NRRD', /^NRRD\d{4}/u],
  ['MetaImage', /^ObjectType\s*=\s*Image/u],
  ['ECAT', /^MATRIX7/u],
  ['Philips PAR/REC', /^# === DATA DESCRIPTION FILE =/u],
];

/**
 * Why a file that may hold images is not read, by its first bytes (at least 512 of them): other formats of medical
 * images, and archives that are not opened. Null for what is neither.
 */
export function unreadFormat(head: Uint8Array): string | null {
  const begin = String.fromCharCode(...head.subarray(0, 64));
  const image = IMAGES.find(([, pattern]) => pattern.test(begin));
  if (image !== undefined)
    return `It is an image in the format ${image[0]}, which is not read: convert it to NIfTI.`;
  const archive = MAGIC.find(
    ([, offset, bytes]) => String.fromCharCode(...head.subarray(offset, offset + bytes.length)) === bytes,
  )?.[0];
  if (archive === undefined) return null;
  return archive === 'zip'
    ? 'A zip archive inside another one, or without the ending .zip, is not opened: unpack it first.'
    : `A ${archive} archive is not opened: unpack it first.`;
}
