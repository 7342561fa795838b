import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Version of the Python wheel that brings the libraries. */
export const TENSORFLOW_VERSION = '2.21.0';

/** Counts changes of the recipe (files, compiler flags); a folder of another recipe is not used. */
const RECIPE = 1;

export type TensorflowKind = 'cpu' | 'gpu';

/** Name of the finished marker inside an engine's folder; written last. */
export const INSTALL_RECORD = 'install.json';

/** The machine-wide cache: HELDOUT_CACHE, else $XDG_CACHE_HOME/heldout, else ~/.cache/heldout. */
export function cacheFolder(): string {
  const own = process.env['HELDOUT_CACHE'];
  if (own !== undefined && own !== '') return own;
  const shared = process.env['XDG_CACHE_HOME'];
  return join(shared !== undefined && shared !== '' ? shared : join(homedir(), '.cache'), 'heldout');
}

/** Folder of one engine; its name says version, kind, processor and recipe, so two versions never mix. */
export function tensorflowFolder(kind: TensorflowKind): string {
  return join(
    cacheFolder(),
    `tensorflow-${TENSORFLOW_VERSION}-${kind}-${process.platform}-${process.arch}-${RECIPE}`,
  );
}

export interface InstalledTensorflow {
  readonly kind: TensorflowKind;
  readonly folder: string;
  /** The native addon. */
  readonly binding: string;
}

/** The finished engine on this machine, the one with CUDA first; null when there is none. */
export function installedTensorflow(): InstalledTensorflow | null {
  for (const kind of ['gpu', 'cpu'] as const) {
    const folder = tensorflowFolder(kind);
    if (existsSync(join(folder, INSTALL_RECORD)))
      return { kind, folder, binding: join(folder, 'tfjs_binding.node') };
  }
  return null;
}
