import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { unpackNifti } from './unpack-nifti';

const packed = readFileSync('main/nifti/fixtures/int16.nii.gz');
const plain = gunzipSync(packed);
/** Offsets of dim[1] to dim[3] in a NIfTI-1 header. */
const DIMS = [42, 44, 46];

describe('unpacking', () => {
  it('gives every byte of a whole file', () => {
    expect(Buffer.from(unpackNifti(packed, 'a.nii.gz')).equals(plain)).toBe(true);
  });

  it('goes no further than the header says, however much there is', () => {
    const bomb = gzipSync(Buffer.concat([plain, Buffer.alloc(64 * 1024 * 1024)]));
    expect(() => unpackNifti(bomb, 'bomb.nii.gz')).toThrow(/bomb[.]nii[.]gz .* more than its header says/u);
  });

  it('refuses a header that names more than the packed bytes could hold', () => {
    const claims = Buffer.from(plain);
    for (const offset of DIMS) claims.writeInt16LE(4000, offset);
    const stored = gzipSync(Buffer.concat([claims, randomBytes(32 * 1024)]));
    expect(() => unpackNifti(stored, 'claims.nii.gz')).toThrow(/cannot hold the \d+/u);
  });
});
