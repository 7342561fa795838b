import { existsSync } from 'node:fs';
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';

/**
 * The project folder at or above `start`; failing that, the only one directly inside it.
 *
 * @throws HeldoutError `usage` when there is none, or more than one to choose from
 */
export function findProject(start: string): string {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'project.json'))) return folder;
    if (folder === dirname(folder)) break;
  }
  const inside = readdirSync(start).filter((name) => name.endsWith('.heldout'));
  const [only, ...others] = inside;
  if (only !== undefined && others.length === 0) return join(resolve(start), only);
  throw new HeldoutError(
    'usage',
    inside.length > 1
      ? `There are several projects here (${inside.join(', ')}): say which with --project DIR.`
      : 'There is no project here: say which with --project DIR, or make one with heldout init DIR.',
  );
}
