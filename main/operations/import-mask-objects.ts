import { countLabels } from '#src/masks/label-counts';
import type { RasterisedGroup } from '#src/masks/rasterise-contours';
import { labelsForSegments } from '#src/masks/segment-labels';
import { FileCrash, type ImportPool } from '#main/dicom/import-pool';
import { begun, inOrder } from '#main/dicom/in-order';
import type { MaskObject, MaskSegment } from '#main/dicom/mask-object';
import type { PlacedMask } from '#main/dicom/place-mask-object';
import type { MaskObjectReading } from '#main/dicom/read-mask-object';
import type { SourceFile } from '#main/dicom/source-file';
import { maskKey } from './import-keys';
import { saveMask, type MaskParts } from './import-masks';
import { namesFrom } from './import-naming';
import { matchObject, type ObjectPart } from './import-object-match';

type ObjectParts = MaskParts & { readonly pool: ImportPool };

interface ReadObject {
  readonly source: SourceFile;
  readonly reading: MaskObjectReading;
}

/** A part of a mask object on the grid of its scan. */
export interface PlacedPart {
  readonly part: ObjectPart;
  readonly placed: PlacedMask;
}

/** Reads DICOM masks that are not in the project yet, the first ones at once. */
export function readMaskObjects(
  sources: readonly SourceFile[],
  { shelf, report, pool }: Pick<ObjectParts, 'shelf' | 'report' | 'pool'>,
): AsyncGenerator<ReadObject, void, undefined> {
  const fresh = sources.filter((source) => {
    const isKnown = shelf.knows(maskKey(source));
    if (isKnown) report.alreadyPresent += 1;
    return !isKnown;
  });
  return begun(
    inOrder(fresh, pool.size + 1, async (source) => ({
      source,
      reading: await pool
        .run('mask object', source)
        .catch((error: unknown) => ({ object: null, reason: crashReason(error) })),
    })),
  );
}

/**
 * Gives DICOM segmentations and structure sets to their scans. All their segments go into the one reference mask of the
 * scan; they keep their names as the project's labels.
 *
 * @param onFile called after each file, for progress and cancelling
 */
export async function importMaskObjects(
  read: AsyncGenerator<ReadObject, void, undefined>,
  parts: ObjectParts,
  onFile: () => void,
): Promise<void> {
  const { shelf, report, project, dryRun } = parts;
  const candidates = shelf.candidates();
  const done: string[] = [];
  for await (const { source, reading } of read) {
    onFile();
    const problems =
      reading.object === null
        ? [reading.reason]
        : await giveToScans(reading.object, reading.sha256, source, candidates, done, parts);
    for (const reason of problems) report.leftOut.push({ path: source.path, reason, image: true });
    if (problems.length === 0) done.push(maskKey(source));
  }
  if (!dryRun) project.registry.addFiles(done);
}

/** Returns the sentences why parts of it, or all of it, have no place. */
async function giveToScans(
  object: MaskObject,
  sha256: string,
  source: SourceFile,
  candidates: ReturnType<MaskParts['shelf']['candidates']>,
  done: string[],
  parts: ObjectParts,
): Promise<string[]> {
  const { shelf, maskFrom, report, project, pool } = parts;
  const names = maskFrom === undefined ? null : namesFrom(maskFrom, source.path);
  const named = names === null ? null : { patient: shelf.patient(names.patient), names };
  const match = matchObject(object, named, candidates, shelf);
  if (match.parts === null) return [match.reason];
  const placed: PlacedPart[] = [];
  for (const part of match.parts) {
    const outcome = await placeInPool(part, pool);
    if (typeof outcome === 'string') return [outcome];
    placed.push({ part, placed: outcome });
  }
  const used = usedSegments(object, placed);
  if (used.length === 0) return ['It marks no voxel of its scan.'];
  const labels = labelsForSegments(
    used.map(({ segment }) => segment),
    project.labels(),
    new Set(project.registry.masks().flatMap(({ voxels }) => Object.keys(voxels).map(Number))),
  );
  if (labels === null)
    return ['Its segments need more labels than the 255 that a project has: export fewer.'];
  const labelOf = new Uint8Array(256);
  used.forEach(({ value }, n) => {
    labelOf[value] = labels.numbers[n] ?? 0;
  });

  // A painted scan takes no other mask, and then the labels are not needed either.
  const isPainted = placed.every(({ part }) => {
    const mask =
      part.candidate.scanId === null ? null : project.registry.mask(part.candidate.scanId, 'reference');
    return Object.keys(mask?.voxels ?? {}).length > 0;
  });
  if (!parts.dryRun && !isPainted && labels.added.length > 0) {
    // Before the masks: a label without a mask does no harm, a mask with labels that nobody knows would.
    await project.setLabels([...project.labels(), ...labels.added]);
    report.warnings.push(
      `Added to the project's labels: ${labels.added.map(({ label, name }) => `${name} (${label})`).join(', ')}.`,
    );
  }
  const problems: string[] = [];
  for (const { part, placed: mask } of placed) {
    const before = report.masks;
    const problem = await saveMask(
      part.candidate,
      mask.values.map((value) => labelOf[value] ?? 0),
      sha256,
      done,
      parts,
    );
    if (problem !== null) problems.push(problem);
    if (report.masks > before)
      for (const sentence of notesOn(object, part, mask))
        report.warnings.push(`Mask of ${part.candidate.scan}: ${sentence}`);
  }
  return problems;
}

/** The mask on the grid of its scan, or the sentence why not. */
export async function placeInPool(
  { object, candidate, fit }: ObjectPart,
  pool: ImportPool,
): Promise<PlacedMask | string> {
  const { geometry } = candidate;
  const placed = await pool.run('place mask', { object, geometry, fit }).catch(crashReason);
  return placed ?? 'It does not lie on the grid of its scan.';
}

export function crashReason(error: unknown): string {
  if (error instanceof FileCrash) return error.reason;
  throw error;
}

/** The segments that have voxels, with their values in the placed masks. */
export function usedSegments(
  object: MaskObject,
  placed: readonly PlacedPart[],
): { segment: MaskSegment; value: number }[] {
  const values = new Set(placed.flatMap((part) => Object.keys(countLabels(part.placed.values)).map(Number)));
  return object.segments.flatMap((segment, n) => (values.has(n + 1) ? [{ segment, value: n + 1 }] : []));
}

/** What the person should know about how a mask came to its scan. */
function notesOn(object: MaskObject, part: ObjectPart, { overlapping, contours }: PlacedMask): string[] {
  const notes = [...object.warnings];
  if (part.byPlaceAlone)
    notes.push('it names no images of the project; it was given to the scan by its place.');
  if (overlapping > 0)
    notes.push(
      `segments overlap in ${overlapping} ${overlapping === 1 ? 'voxel' : 'voxels'}: the one with the higher number has them.`,
    );
  for (const group of contours) {
    const name = object.segments[group.value - 1]?.name ?? '';
    for (const note of contourNotes(group)) notes.push(`"${name}": ${note}`);
  }
  return notes;
}

function contourNotes(group: RasterisedGroup): string[] {
  const count = (n: number) => `${n} ${n === 1 ? 'contour' : 'contours'}`;
  const notes: string[] = [];
  if (group.offGrid > 0)
    notes.push(
      `${count(group.offGrid)} left out, up to ${group.farthest.toFixed(1)} mm from the middle of the nearest slice.`,
    );
  if (group.outside > 0) notes.push(`${count(group.outside)} outside of the images.`);
  if (group.passedOver > 0)
    notes.push(`${count(group.passedOver)} left out: another plane is nearer to the middle of the slice.`);
  if (group.copies > 0) notes.push(`${count(group.copies)} there twice, taken once.`);
  if (group.gaps > 0)
    notes.push(
      `${group.gaps} ${group.gaps === 1 ? 'slice' : 'slices'} between its contours without one: left empty.`,
    );
  return notes;
}
