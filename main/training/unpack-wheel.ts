import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { openPromise } from 'yauzl';
import { HeldoutError } from '#src/contracts/failure';
import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import type { TensorflowWheel } from './tensorflow-wheel';

const HEADERS =
  /^tensorflow\/include\/((tensorflow\/c|tensorflow\/core\/platform|tsl\/platform|xla\/tsl\/c)\/.*\.h)$/u;

/** What was taken out of a wheel. */
export interface UnpackedWheel {
  /** Requirements of the wheel's `and-cuda` extra: the CUDA libraries that belong to it. */
  readonly cudaRequirements: readonly string[];
}

/** Takes the two libraries into `folder` and the headers of the C interface into `folder`/include. */
export async function unpackWheel(
  wheel: TensorflowWheel,
  file: string,
  folder: string,
  context: JobContext,
): Promise<UnpackedWheel> {
  const zip = await openPromise(file, { autoClose: false });
  const missing = new Set<string>(wheel.libraries);
  let metadata = '';
  try {
    for await (const entry of zip.eachEntry()) {
      const header = HEADERS.exec(entry.fileName)?.[1];
      const library = wheel.libraries.find((name) => entry.fileName === `tensorflow/${name}`);
      if (entry.fileName.endsWith('.dist-info/METADATA'))
        metadata = await text(await zip.openReadStreamPromise(entry));
      if (header === undefined && library === undefined) continue;
      throwIfCancelled(context);
      if (library !== undefined) {
        missing.delete(library);
        context.report({ done: 0, total: null, unit: 'files', message: `Unpacking ${library}` });
      }
      const target =
        library === undefined ? join(folder, 'include', header ?? '') : join(folder, basename(library));
      await mkdir(dirname(target), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target));
    }
  } finally {
    zip.close();
  }
  if (missing.size > 0)
    throw new HeldoutError('resource', `${wheel.file} does not hold ${[...missing].join(' and ')}.`);
  const cudaRequirements = [
    ...metadata.matchAll(/^Requires-Dist: (nvidia-[^;]+); extra == "and-cuda"/gmu),
  ].flatMap((match) => (match[1] === undefined ? [] : [match[1].trim()]));
  return { cudaRequirements };
}
