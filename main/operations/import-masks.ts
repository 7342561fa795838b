import { HeldoutError } from '#src/contracts/failure';
import { countLabels } from '#src/masks/label-counts';
import { reorderedLabels } from '#src/imaging/reorient';
import type { Volume } from '#src/imaging/volume';
import { defaultLabelColour } from '#src/masks/segment-labels';
import type { ImportPool } from '#main/dicom/import-pool';
import type { NiftiReading } from '#main/dicom/import-tasks';
import { begun, inOrder } from '#main/dicom/in-order';
import { readNiftiInPool } from '#main/dicom/nifti-image';
import type { SourceFile } from '#main/dicom/source-file';
import type { Project } from '#main/store/project';
import { maskContentKey, maskKey } from './import-keys';
import { matchMask, type MaskCandidate } from './import-mask-match';
import { namesFrom } from './import-naming';
import type { ImportReport } from './import-report';
import type { Shelf } from './import-shelf';

/** More different labels than this, and it is an image of whole numbers. */
const MOST_LABELS = 64;

/** Masks that are on their way to the disk while the next ones are read. */
const SAVED_AT_ONCE = 4;

/** A file that is a mask by its name or by the person's word. */
export interface MaskSource {
  readonly source: SourceFile;
  /** true when the person said so: then what does not look like a mask is left out instead of taken as an image. */
  readonly isSure: boolean;
}

/** What the steps of giving masks to scans share. */
export interface MaskParts {
  readonly project: Project;
  readonly shelf: Shelf;
  readonly report: ImportReport;
  readonly maskFrom: RegExp | undefined;
  readonly dryRun: boolean;
}

interface ReadMask extends MaskSource {
  readonly reading: NiftiReading;
}

/** Reads masks that are not in the project yet, the first ones at once: images may be stored in the meantime. */
export function readMasks(
  masks: readonly MaskSource[],
  { shelf, report, pool }: Pick<MaskParts, 'shelf' | 'report'> & { readonly pool: ImportPool },
): AsyncGenerator<ReadMask, void, undefined> {
  const fresh = masks.filter(({ source }) => {
    const isKnown = shelf.knows(maskKey(source));
    if (isKnown) report.alreadyPresent += 1;
    return !isKnown;
  });
  return begun(
    inOrder(fresh, pool.size + 1, async (mask) => ({
      ...mask,
      reading: await readNiftiInPool(mask.source, pool),
    })),
  );
}

/**
 * Gives each mask to its scan.
 *
 * @param onFile called after each file, for progress and cancelling
 * @returns files that are only named like masks: they are images
 */
export async function importMasks(
  read: AsyncGenerator<ReadMask, void, undefined>,
  parts: MaskParts,
  onFile: () => void,
): Promise<SourceFile[]> {
  const { shelf, report } = parts;
  const images: SourceFile[] = [];
  const candidates = shelf.candidates();
  const labels = new Set<number>();
  const done: string[] = [];
  const saving: (() => Promise<void>)[] = [];
  for await (const { source, isSure, reading } of read) {
    onFile();
    const leaveOut = (reason: string) => report.leftOut.push({ path: source.path, reason, image: true });
    if (reading.image === null) {
      leaveOut(reading.reason);
      continue;
    }
    const volumes = reading.image.volumes.map((volume) => ({ volume, labels: labelsOf(volume) }));
    if (volumes.some((volume) => volume.labels === null)) {
      if (isSure) leaveOut('It is no mask: a mask holds a few small whole numbers (labels) only.');
      else images.push(source);
      continue;
    }
    // Saving begins here, in the order of the files, so that the first of two masks for one scan is the one that stays.
    const saved = saveAll(volumes, source, reading.sha256, candidates, done, parts);
    saved.catch(() => undefined);
    saving.push(async () => {
      const problems = await saved;
      problems.forEach(leaveOut);
      if (problems.length === volumes.length) return;
      for (const { labels: own } of volumes)
        for (const label of own === null ? [] : Object.keys(countLabels(own))) labels.add(Number(label));
      if (problems.length === 0) done.push(maskKey(source));
    });
    if (saving.length > SAVED_AT_ONCE) await saving.shift()?.();
  }
  for (const finish of saving) await finish();
  if (parts.dryRun) return images;
  // Together, for each transaction waits for the disk. An import that is killed before meets its own masks again, the same.
  parts.project.registry.addFiles(done);
  await addMissingLabels(parts.project, labels, report);
  return images;
}

/** Saves every time point of a mask; returns the sentences of those that have no place. */
async function saveAll(
  volumes: readonly { readonly volume: Volume; readonly labels: Uint8Array | null }[],
  source: SourceFile,
  sha256: string,
  candidates: readonly MaskCandidate[],
  done: string[],
  parts: MaskParts,
): Promise<string[]> {
  const problems: string[] = [];
  for (const [index, { volume, labels }] of volumes.entries()) {
    if (labels === null) continue;
    const time = volumes.length > 1 ? index : null;
    const problem = await giveToScan(volume, labels, source, time, sha256, candidates, done, parts);
    if (problem !== null) problems.push(problem);
  }
  return problems;
}

/** Finds the scan and saves the mask; returns the sentence why not, or null. */
async function giveToScan(
  volume: Volume,
  labels: Uint8Array,
  source: SourceFile,
  phase: number | null,
  sha256: string,
  candidates: readonly MaskCandidate[],
  done: string[],
  { project, shelf, report, maskFrom, dryRun }: MaskParts,
): Promise<string | null> {
  const names = maskFrom === undefined ? null : namesFrom(maskFrom, source.path);
  const match = matchMask(
    {
      geometry: volume.geometry,
      sourcePath: `${source.root}/${source.path}`,
      path: source.path,
      named: names === null ? null : { patient: shelf.patient(names.patient), names },
      phase,
    },
    candidates,
  );
  if (match.candidate === null) return match.reason;
  const { candidate, order } = match;
  const inOrderOfScan = reorderedLabels(labels, volume.geometry.dims, order);
  return saveMask(candidate, inOrderOfScan, sha256, done, { project, report, dryRun });
}

/**
 * Stores a mask as the reference of its scan, once: the same content for the same scan is there already.
 *
 * @param labels one label per voxel of the scan's grid
 * @param done keys of masks that this import has stored; the new one is added
 * @returns the sentence why it could not be stored, or null
 */
export async function saveMask(
  { scanId, scan }: MaskCandidate,
  labels: Uint8Array,
  sha256: string,
  done: string[],
  { project, report, dryRun }: Pick<MaskParts, 'project' | 'report' | 'dryRun'>,
): Promise<string | null> {
  if (dryRun || scanId === null) {
    report.masks += 1;
    return null;
  }
  const { registry } = project;
  const contentKey = maskContentKey(sha256, scan);
  if (registry.knownFile(contentKey) || done.includes(contentKey)) {
    report.alreadyPresent += 1;
    return null;
  }
  const before = registry.mask(scanId, 'reference');
  try {
    const saved = await project.masks.save(scanId, labels, { reader: 'reference', status: 'done' });
    if (before !== null && saved.updatedAt === before.updatedAt) report.alreadyPresent += 1;
    else report.masks += 1;
  } catch (error) {
    if (error instanceof HeldoutError && error.failure.code === 'conflict') return error.failure.sentence;
    throw error;
  }
  done.push(contentKey);
  return null;
}

/** The labels of a volume that holds a few whole numbers from 0 to 255 only; null for any other. */
export function labelsOf(volume: Volume): Uint8Array | null {
  const { samples } = volume;
  if (samples instanceof Uint8Array)
    return Object.keys(countLabels(samples)).length < MOST_LABELS ? samples : null;
  const seen = new Uint8Array(256);
  let different = 0;
  for (const value of samples) {
    if (!Number.isInteger(value) || value < 0 || value > 255) return null;
    if (seen[value] === 0) {
      seen[value] = 1;
      if (++different > MOST_LABELS) return null;
    }
  }
  return Uint8Array.from(samples);
}

/** Labels that masks hold and the project does not name get a name and a colour. */
async function addMissingLabels(
  project: Project,
  found: ReadonlySet<number>,
  report: ImportReport,
): Promise<void> {
  const known = project.labels();
  const missing = [...found]
    .filter((label) => !known.some((entry) => entry.label === label))
    .toSorted((a, b) => a - b);
  if (missing.length === 0) return;
  const added = missing.map((label) => ({
    label,
    name: `Label ${label}`,
    colour: defaultLabelColour(label),
  }));
  await project.setLabels([...known, ...added].toSorted((a, b) => a.label - b.label));
  report.warnings.push(
    `The masks hold ${missing.length === 1 ? 'label' : 'labels'} ${missing.join(', ')}, which the project did not name: ` +
      'added; give them names.',
  );
}
