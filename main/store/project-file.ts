import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { HeldoutError } from '#src/contracts/failure';
import type { Label } from '#src/registry/records';
import { writeFileAtomic } from './atomic-file';

/** project.json, version 1. */
export interface ProjectFile {
  readonly version: 1;
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly identities: 'sealed' | 'plain';
  readonly labels: readonly Label[];
}

const PROJECT_VERSION = 1;

const projectSchema = v.object({
  version: v.literal(PROJECT_VERSION),
  id: v.string(),
  name: v.string(),
  createdAt: v.string(),
  identities: v.picklist(['sealed', 'plain']),
  labels: v.array(v.object({ label: v.number(), name: v.string(), colour: v.string() })),
});

const fileIn = (folder: string) => join(folder, 'project.json');

/** A new description, not yet written. */
export function newProjectFile(
  name: string,
  identities: 'sealed' | 'plain',
  labels: readonly Label[],
): ProjectFile {
  return {
    version: PROJECT_VERSION,
    id: randomUUID(),
    name,
    createdAt: new Date().toISOString(),
    identities,
    labels: checkedLabels(labels),
  };
}

/** The label set in order of number. @throws HeldoutError `usage` when a number stands twice or is out of range */
export function checkedLabels(labels: readonly Label[]): Label[] {
  const sorted = [...labels].sort((a, b) => a.label - b.label);
  sorted.forEach(({ label, name }, index) => {
    if (!Number.isInteger(label) || label < 1 || label > 255)
      throw new HeldoutError(
        'usage',
        `The label "${name}" has the number ${label}: choose one from 1 to 255.`,
      );
    if (sorted[index + 1]?.label === label)
      throw new HeldoutError('usage', `Two labels have the number ${label}: give each its own.`);
  });
  return sorted;
}

export async function writeProjectFile(folder: string, file: ProjectFile): Promise<void> {
  await writeFileAtomic(fileIn(folder), `${JSON.stringify(file, null, 2)}\n`);
}

/**
 * Reads project.json.
 *
 * @throws HeldoutError `not-found` when the folder is no project, `input` when it is newer than this program (nothing
 *   is touched) or damaged
 */
export async function readProjectFile(folder: string): Promise<ProjectFile> {
  let text: string;
  try {
    text = await readFile(fileIn(folder), 'utf8');
  } catch {
    throw new HeldoutError(
      'not-found',
      `${basename(folder)} in ${dirname(folder)} is not a Heldout project: it has no project.json.`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new HeldoutError(
      'input',
      `The project.json of ${basename(folder)} is damaged: restore it from a backup.`,
    );
  }
  const version = (json as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > PROJECT_VERSION)
    throw new HeldoutError(
      'input',
      `${basename(folder)} has version ${version}, and this Heldout knows up to ${PROJECT_VERSION}: install a newer Heldout. Nothing was changed.`,
    );
  const parsed = v.safeParse(projectSchema, json);
  if (!parsed.success)
    throw new HeldoutError(
      'input',
      `The project.json of ${basename(folder)} is damaged: restore it from a backup.`,
      v.summarize(parsed.issues),
    );
  return parsed.output;
}
