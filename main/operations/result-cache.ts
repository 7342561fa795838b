import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { writeFileAtomic } from '#main/store/atomic-file';

/** SHA-256 (hex) of a JSON value or of bytes. */
export function keyOf(value: unknown): string {
  const bytes = value instanceof Uint8Array ? value : JSON.stringify(value);
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * The result kept in `file` when it was computed under the same `key`, else what `compute` gives, which is then kept.
 * A file that cannot be read, is damaged or older counts as absent: it only saves work.
 */
export async function cachedResult<T>(
  file: string,
  key: string,
  schema: v.GenericSchema<unknown, T>,
  compute: () => Promise<T>,
): Promise<T> {
  const kept = await readKept(file);
  const parsed = v.safeParse(v.object({ key: v.literal(key), result: schema }), kept);
  if (parsed.success) return parsed.output.result;
  const result = await compute();
  await writeFileAtomic(file, JSON.stringify({ key, result }));
  return result;
}

async function readKept(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return null;
  }
}
