import { HeldoutError } from '#src/contracts/failure';
import { reorderedLabels } from '#src/imaging/reorient';
import type { Volume } from '#src/imaging/volume';
import { DEFAULT_LABEL_COLOURS } from '#src/masks/label-colours';
import type { ImportPool } from '#main/dicom/import-pool';
import { inOrder } from '#main/dicom/in-order';
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

/** A file that is a mask by its name or by the person's word. */
export interface MaskSource {
  readonly source: SourceFile;
  /** true when the person said so: then what does not look like a mask is left out instead of taken as an image. */
  readonly isSure: boolean;
}

/**
 * Gives each mask to its scan.
 *
 * @param onFile called after each file, for progress and cancelling
 * @returns files that are only named like masks: they are images
 */
export async function importMasks(
  masks: readonly MaskSource[],
  parts: {
    readonly project: Project;
    readonly shelf: Shelf;
    readonly report: ImportReport;
    readonly pool: ImportPool;
    readonly maskFrom: RegExp | undefined;
    readonly dryRun: boolean;
  },
  onFile: () => void,
): Promise<SourceFile[]> {
  const { shelf, report, pool } = parts;
  const images: SourceFile[] = [];
  if (masks.length === 0) return images;
  const fresh = masks.filter(({ source }) => {
    const isKnown = shelf.knows(maskKey(source));
    if (isKnown) report.alreadyPresent += 1;
    return !isKnown;
  });
  const candidates = fresh.length === 0 ? [] : shelf.candidates();
  const read = inOrder(fresh, pool.size + 1, async (mask) => ({
    ...mask,
    reading: await readNiftiInPool(mask.source, pool),
  }));
  const labels = new Set<number>();
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
    let isDone = true;
    for (const [index, { volume, labels: own }] of volumes.entries()) {
      if (own === null) continue;
      const time = volumes.length > 1 ? index : null;
      const problem = await giveToScan(volume, own, source, time, reading.sha256, candidates, parts);
      if (problem !== null) {
        leaveOut(problem);
        isDone = false;
        continue;
      }
      for (const label of new Set(own)) if (label > 0) labels.add(label);
    }
    if (isDone && !parts.dryRun) parts.project.registry.addFiles([maskKey(source)]);
  }
  if (!parts.dryRun) await addMissingLabels(parts.project, labels, report);
  return images;
}

/** Finds the scan and saves the mask; returns the sentence why not, or null. */
async function giveToScan(
  volume: Volume,
  labels: Uint8Array,
  source: SourceFile,
  phase: number | null,
  sha256: string,
  candidates: readonly MaskCandidate[],
  { project, shelf, report, maskFrom, dryRun }: Parameters<typeof importMasks>[1],
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
  const { scanId, scan } = match.candidate;
  if (dryRun || scanId === null) {
    report.masks += 1;
    return null;
  }
  const { registry } = project;
  const contentKey = maskContentKey(sha256, scan);
  if (registry.knownFile(contentKey)) {
    report.alreadyPresent += 1;
    return null;
  }
  const before = registry.mask(scanId, 'reference');
  try {
    const inOrderOfScan = reorderedLabels(labels, volume.geometry.dims, match.order);
    const saved = await project.masks.save(scanId, inOrderOfScan, { reader: 'reference', status: 'done' });
    if (before !== null && saved.updatedAt === before.updatedAt) report.alreadyPresent += 1;
    else report.masks += 1;
  } catch (error) {
    if (error instanceof HeldoutError && error.failure.code === 'conflict') return error.failure.sentence;
    throw error;
  }
  registry.addFiles([contentKey]);
  return null;
}

/** The labels of a volume that holds a few whole numbers from 0 to 255 only; null for any other. */
function labelsOf(volume: Volume): Uint8Array | null {
  const { samples } = volume;
  const seen = new Uint8Array(256);
  let different = 0;
  for (const value of samples) {
    if (!Number.isInteger(value) || value < 0 || value > 255) return null;
    if (seen[value] === 0) {
      seen[value] = 1;
      if (++different > MOST_LABELS) return null;
    }
  }
  return samples instanceof Uint8Array ? samples : Uint8Array.from(samples);
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
  const colour = (label: number) =>
    DEFAULT_LABEL_COLOURS[(label - 1) % DEFAULT_LABEL_COLOURS.length] ?? '#e69f00';
  const added = missing.map((label) => ({ label, name: `Label ${label}`, colour: colour(label) }));
  await project.setLabels([...known, ...added].toSorted((a, b) => a.label - b.label));
  report.warnings.push(
    `The masks hold ${missing.length === 1 ? 'label' : 'labels'} ${missing.join(', ')}, which the project did not name: ` +
      'added; give them names.',
  );
}
