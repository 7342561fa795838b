import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HeldoutError } from '#src/contracts/failure';
import { DEFAULT_LABEL_COLOURS } from '#src/masks/label-colours';
import type { Label } from '#src/registry/records';

const NAME = join('samples', 'sunnybrook-sample.zip');

/** What is painted in the shipped sample. */
export const SAMPLE_LABELS: readonly Label[] = [
  { label: 1, name: 'LV cavity', colour: DEFAULT_LABEL_COLOURS[0] ?? '#e69f00' },
];

/**
 * The shipped sample: beside the resources of the packaged app, else at or above the folder of this program.
 *
 * @throws not-found when it is in neither place
 */
export function shippedSample(): string {
  const resources = (process as { resourcesPath?: string }).resourcesPath;
  if (resources !== undefined && existsSync(join(resources, NAME))) return join(resources, NAME);
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, NAME))) {
    const above = dirname(folder);
    if (above === folder)
      throw new HeldoutError('not-found', 'The shipped sample is missing. Install Heldout again.');
    folder = above;
  }
  return join(folder, NAME);
}
