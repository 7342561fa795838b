import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { HeldoutError } from '#src/contracts/failure';

/** Bytes of a project's key. */
export const KEY_LENGTH = 32;

/**
 * Seals identities: AES-256-GCM for what must be read again, HMAC-SHA-256 for what must only be found again. Both
 * keys are derived from the project's key (HKDF), so that neither tells anything about the other.
 */
export class Seal {
  readonly #cipherKey: Buffer;
  readonly #lookupKey: Buffer;

  constructor(projectKey: Uint8Array) {
    const derive = (purpose: string) =>
      Buffer.from(hkdfSync('sha256', projectKey, 'heldout', purpose, KEY_LENGTH));
    this.#cipherKey = derive('identity columns');
    this.#lookupKey = derive('identity lookup');
  }

  /** Seals a JSON value: nonce (12 bytes), tag (16), ciphertext. */
  close(value: unknown): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#cipherKey, nonce);
    const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]);
  }

  /** The value that {@link close} sealed. @throws HeldoutError `input` when it was altered or the key is another */
  open(sealed: Uint8Array): unknown {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#cipherKey, sealed.subarray(0, 12));
      decipher.setAuthTag(sealed.subarray(12, 28));
      const text = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
      return JSON.parse(text.toString('utf8'));
    } catch {
      throw new HeldoutError(
        'input',
        'A sealed identity cannot be opened: the registry was altered, or its key belongs to another project.',
      );
    }
  }

  /** A value that is the same for the same text, and tells nothing about it without the key. */
  lookup(kind: string, text: string): string {
    return createHmac('sha256', this.#lookupKey).update(`${kind}\u0000${text}`).digest('hex');
  }
}
