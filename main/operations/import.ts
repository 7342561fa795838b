import { basename } from 'node:path';
import type { ImportDocument } from '#src/contracts/documents/import';
import { leanPlan } from '#main/dicom/assemble-volume';
import { examineSources } from '#main/dicom/examine-sources';
import { findImages } from '#main/dicom/find-images';
import { openImportPool, warmImportPool, type ImportPool, type PoolOptions } from '#main/dicom/import-pool';
import { inOrder } from '#main/dicom/in-order';
import { listSources } from '#main/dicom/list-sources';
import { readNiftiInPool } from '#main/dicom/nifti-image';
import { asImage } from '#main/nifti/as-image';
import type { PlannedVolume } from '#main/dicom/plan-volumes';
import { readPlanned } from '#main/dicom/read-planned';
import type { SourceFile } from '#main/dicom/source-file';
import { throttled, throwIfCancelled, type JobContext } from '#main/jobs/context';
import type { Project } from '#main/store/project';
import { compareFingerprints } from './compare-scans';
import { niftiKey, volumeKey } from './import-keys';
import { importMaskObjects, readMaskObjects } from './import-mask-objects';
import { importMasks, readMasks, type MaskSource } from './import-masks';
import { checkRule, isNamedAsMask, namesFrom } from './import-naming';
import { dicomPatients, nameImages, type NamedImage } from './import-patients';
import { ImportReport } from './import-report';
import { scanOfDicom, scanOfNifti } from './import-scans';
import { dryShelf, projectShelf, type Shelf } from './import-shelf';
import { newSuggestionWarnings, suggestedPairs } from './same-person';

export interface ImportRequest {
  /** Folders, zip archives, DICOM and NIfTI files. */
  readonly paths: readonly string[];
  /** A folder (or file) that holds masks only. */
  readonly masks?: string;
  /** Matched against the path relative to the given one; named groups `patient`, optionally `scan` and `phase`. */
  readonly patientFrom?: RegExp;
  /** The same for masks; a file that it matches is a mask. */
  readonly maskFrom?: RegExp;
  readonly site?: string;
  /** Says what would happen and writes nothing. */
  readonly dryRun?: boolean;
  /** Answers to questions of an import of the same files before, by the question's id. */
  readonly answers?: Readonly<Record<string, string>>;
  /** Answers for every question of a kind that has none of its own. */
  readonly defaults?: Readonly<Record<string, string>>;
}

/** What the steps of one import share. */
interface Import {
  readonly pool: ImportPool;
  readonly shelf: Shelf;
  readonly report: ImportReport;
  readonly site: string | null;
  /** Called after each file or volume: progress, and the way out when the person cancels. */
  readonly step: (files: number) => void;
}

/** Makes the next import start at once; costs a few idle threads. */
export const prepareImport = warmImportPool;

/**
 * Takes images and masks into a project: finds them by content, makes volumes of DICOM series, gives each mask (NIfTI,
 * DICOM segmentation or structure set) to its scan. Bad files are reported and never fatal; what was there already is not added again.
 *
 * Volumes are registered in batches, each whole: an import that is cancelled, killed or out of disk leaves a valid
 * project with the scans that were finished, and the same import again adds the rest.
 *
 * @throws HeldoutError `input` for a path that does not exist, `usage` for a rule without a patient or an
 *   answer that its question does not offer, `resource` when the
 *   disk is full, `cancelled`
 */
export async function importPaths(
  project: Project,
  request: ImportRequest,
  context: JobContext,
  workers: PoolOptions = {},
): Promise<ImportDocument> {
  checkRule(request.patientFrom, '--patient-from');
  checkRule(request.maskFrom, '--mask-from');
  const progress = throttled(context);
  const report = new ImportReport();
  const dryRun = request.dryRun === true;
  const suggestedBefore = suggestedPairs(project);
  const shelf = dryRun ? dryShelf(project, report) : projectShelf(project, report);
  const pool = openImportPool(workers);
  let closing: Promise<void>;
  try {
    if (!dryRun) await project.voxels.clearStaged();
    const found = await findImages(request.paths, dicomPatients(request.patientFrom), pool, progress, {
      answers: request.answers ?? {},
      defaults: request.defaults ?? {},
    });
    const { images, masks } = divide(found.nifti, request.maskFrom);
    const maskObjects = new Map(found.maskObjects.map((source) => [placeOf(source), source]));
    if (request.masks !== undefined)
      await addMaskFolder(request.masks, { masks, maskObjects, images }, report, pool, progress);
    report.files += found.imageFiles + maskObjects.size;
    report.leftOut.push(...found.leftOut, ...found.dicom.leftOut);
    report.questions.push(...found.dicom.questions);
    report.warnings.push(...found.dicom.warnings);

    let done = 0;
    const step = (files: number) => {
      done += files;
      progress.report({ done, total: report.files, unit: 'files', message: 'Reading images and masks' });
      throwIfCancelled(context);
    };
    const parts: Import = { pool, shelf, report, site: request.site ?? null, step };
    const readAhead = readMasks([...masks.values()], parts);
    const objectsAhead = readMaskObjects([...maskObjects.values()], parts);
    await importDicom(found.dicom.volumes, parts);
    await importNifti(images, request.patientFrom, parts);
    await shelf.flush();
    const maskParts = { ...parts, project, maskFrom: request.maskFrom, dryRun };
    const stepOne = () => {
      step(1);
    };
    const late = await importMasks(readAhead, maskParts, stepOne);
    await importNifti(late, request.patientFrom, parts);
    await shelf.flush();
    // After the others: the labels that these hold without a name are known then.
    await importMaskObjects(objectsAhead, maskParts, stepOne);
  } finally {
    await shelf.end();
    // Ending the workers takes a while, and they hold no file: the rest is done meanwhile.
    closing = pool.close();
  }
  if (report.files === 0)
    report.warnings.push(
      `No images were found in ${request.paths.map((path) => basename(path)).join(', ')}.`,
    );
  if (!dryRun) {
    await compareFingerprints(project, progress);
    report.warnings.push(...newSuggestionWarnings(project, suggestedBefore));
  }
  const document = report.document();
  if (!dryRun) project.registry.saveImport(document);
  // Threads that end take the processor from the window that now draws what has come in.
  await closing;
  return document;
}

/** Sorts NIfTI files into images and masks by their names; where the two differ in content, importMasks finds out. */
function divide(
  nifti: readonly SourceFile[],
  maskFrom: RegExp | undefined,
): { images: SourceFile[]; masks: Map<string, MaskSource> } {
  const images: SourceFile[] = [];
  const masks = new Map<string, MaskSource>();
  for (const source of nifti) {
    const isMask = maskFrom === undefined ? isNamedAsMask(source) : namesFrom(maskFrom, source.path) !== null;
    if (isMask) masks.set(placeOf(source), { source, isSure: maskFrom !== undefined });
    else images.push(source);
  }
  return { images, masks };
}

/** The same file may lie below both the images' path and the masks'. */
const placeOf = ({ file, entry }: SourceFile) => `${file} ${entry?.headerOffset ?? ''}`;

async function addMaskFolder(
  folder: string,
  {
    masks,
    maskObjects,
    images,
  }: {
    readonly masks: Map<string, MaskSource>;
    readonly maskObjects: Map<string, SourceFile>;
    readonly images: SourceFile[];
  },
  report: ImportReport,
  pool: ImportPool,
  context: JobContext,
): Promise<void> {
  const { sources, leftOut } = await listSources([folder], context);
  report.leftOut.push(...leftOut);
  const places = new Set(images.map(placeOf));
  for await (const { source, finding } of examineSources(sources, pool, context)) {
    const place = placeOf(source);
    if (finding.kind === 'segmentation' || finding.kind === 'structure set') {
      maskObjects.set(place, source);
      continue;
    }
    if (finding.kind !== 'nifti') {
      const isLeftOut = finding.kind === 'left out';
      const reason = isLeftOut ? finding.reason : 'It is a DICOM image, not a mask: import it as an image.';
      report.leftOut.push({ path: source.path, reason, image: !isLeftOut || finding.image });
      continue;
    }
    if (!places.has(place) && !masks.has(place)) report.files += 1;
    masks.set(place, { source, isSure: true });
  }
  const others = images.filter((source) => !masks.has(placeOf(source)));
  images.splice(0, images.length, ...others);
}

async function importDicom(volumes: readonly PlannedVolume[], parts: Import): Promise<void> {
  const { pool, shelf, report, site, step } = parts;
  // Voxels stay with the workers, so that many volumes may be on their way while a batch is registered.
  const stored = inOrder(volumes, 8 * pool.size, async (planned) => {
    const files = filesOf(planned);
    const key = volumeKey(planned);
    if (shelf.knows(key)) return { files, key, known: true, scans: [], leftOut: [] };
    const { volumes: read, leftOut } = await readPlanned(planned, (plan) =>
      pool.run('store', { plan: leanPlan(plan), voxelFolder: shelf.voxelFolder }),
    );
    const scans = read.map((volume) => ({ scan: scanOfDicom(volume, site), staged: volume.read.staged }));
    return { files, key, known: false, scans, leftOut };
  });
  for await (const { files, key, known, scans, leftOut } of stored) {
    if (known) report.alreadyPresent += 1;
    report.leftOut.push(...leftOut);
    // A volume with unreadable files is tried again next time: they may be whole by then.
    for (const [index, { scan, staged }] of scans.entries())
      await shelf.add(scan, leftOut.length > 0 ? `${key} part ${index}` : key, staged);
    step(files);
  }
}

function filesOf({ plan }: PlannedVolume): number {
  return new Set(plan.slices.flatMap((slice) => (slice === null ? [] : [slice.source]))).size;
}

async function importNifti(
  sources: readonly SourceFile[],
  rule: RegExp | undefined,
  parts: Import,
): Promise<void> {
  const { pool, shelf, report, step } = parts;
  const { images, leftOut } = nameImages(sources, rule);
  report.leftOut.push(...leftOut);
  for await (const { scans, known, problem, source } of inOrder(images, pool.size + 1, (image) =>
    storeNifti(image, parts),
  )) {
    report.alreadyPresent += known;
    if (problem !== null) report.leftOut.push({ path: source.path, reason: problem, image: true });
    for (const { scan, key } of scans) await shelf.add(scan, key);
    step(1);
  }
}

async function storeNifti(image: NamedImage, { pool, shelf, site }: Import) {
  const { source, patientKey } = image;
  let known = 0;
  while (shelf.knows(niftiKey(source, patientKey, known))) known += 1;
  if (known > 0) return { scans: [], known, problem: null, source };
  const reading = await readNiftiInPool(source, pool);
  if (reading.image === null) return { scans: [], known, problem: reading.reason, source };
  const scans = [];
  for (const [index, stored] of reading.image.volumes.entries()) {
    const { volume, warnings } = asImage(stored);
    const scan = scanOfNifti(image, volume, {
      voxels: await shelf.put(volume),
      fingerprint: reading.fingerprints[index] ?? null,
      window: reading.windows[index] ?? [0, 1],
      warnings,
      site,
      phase: reading.image.volumes.length > 1 ? index : image.phase,
    });
    scans.push({ scan, key: niftiKey(source, patientKey, index) });
  }
  return { scans, known, problem: null, source };
}
