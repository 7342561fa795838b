import type { LeftOut } from '#src/contracts/documents/import';
import { describeGrid } from '#src/imaging/describe-grid';
import { reorderedLabels } from '#src/imaging/reorient';
import type { Volume } from '#src/imaging/volume';
import { countLabels } from '#src/masks/label-counts';
import { labelsForSegments } from '#src/masks/segment-labels';
import { listed } from '#src/splits/match-cases';
import { scanNames, type NameableScan } from '#src/splits/match-names';
import { examineSources } from '#main/dicom/examine-sources';
import type { ImportPool } from '#main/dicom/import-pool';
import { inOrder } from '#main/dicom/in-order';
import { listSources } from '#main/dicom/list-sources';
import { readNiftiInPool } from '#main/dicom/nifti-image';
import type { SourceFile } from '#main/dicom/source-file';
import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import type { Project } from '#main/store/project';
import type { StagedVoxels, VoxelStore } from '#main/store/voxel-store';
import { matchMask, type MaskCandidate, type MaskMatch, type MaskQuery } from './import-mask-match';
import { crashReason, placeInPool, usedSegments } from './import-mask-objects';
import { labelsOf } from './import-masks';
import { namesFrom, pathWords } from './import-naming';
import { matchObject } from './import-object-match';
import { ImportReport } from './import-report';
import { projectShelf } from './import-shelf';

/** A prediction on the grid of its scan; its voxels are written, and count once they are settled. */
export interface FoundPrediction {
  readonly scan: string;
  readonly staged: StagedVoxels;
  /** SHA-256 of the file. */
  readonly file: string;
  /** Labels that it holds. */
  readonly labels: readonly number[];
}

/** What a folder of predictions came to. */
export interface FoundPredictions {
  readonly predictions: readonly FoundPrediction[];
  /** Files that belong to no scan of the folds, with the reason. */
  readonly leftOut: readonly LeftOut[];
  /** Files that belong to a scan and cannot be taken as they are. */
  readonly problems: readonly LeftOut[];
  readonly notImages: number;
}

/** What the files of a folder are matched to. */
export interface PredictionTarget {
  readonly project: Project;
  readonly pool: ImportPool;
  /** Where voxels are written aside: on the disk of the project. */
  readonly aside: VoxelStore;
  /** Scans that stand in a fold of the split. */
  readonly inFolds: ReadonlySet<string>;
  readonly locked: ReadonlySet<string>;
  readonly maskFrom: RegExp | undefined;
  /** The project's number for each label of NIfTI files; what it does not name is background. Null: the same. */
  readonly labelMap: ReadonlyMap<number, number> | null;
}

/** Labels on the grid of a scan, or why a file has none. */
type Outcome =
  | { readonly kind: 'found'; readonly scan: MaskCandidate; readonly labels: Uint8Array }
  | { readonly kind: 'left out' | 'problem'; readonly reason: string };

/**
 * Reads the predictions in a folder (file, zip): NIfTI masks and DICOM segmentations, each given to its scan by
 * `maskFrom`, or by the names that other programs know the scans by, or by path and grid as masks are. Writes their
 * voxels aside.
 *
 * @throws HeldoutError `input` for a path that does not exist, `resource`, `cancelled`
 */
export async function readPredictions(
  folder: string,
  target: PredictionTarget,
  context: JobContext,
): Promise<FoundPredictions> {
  const { project, pool } = target;
  const { sources, leftOut: unopened } = await listSources([folder], context);
  const files: { readonly source: SourceFile; readonly isObject: boolean }[] = [];
  const leftOut: LeftOut[] = unopened.filter(({ image }) => image);
  let notImages = unopened.length - leftOut.length;
  for await (const { source, finding } of examineSources(sources, pool, context)) {
    const { path } = source;
    if (finding.kind === 'nifti') files.push({ source, isObject: false });
    else if (finding.kind === 'segmentation' || finding.kind === 'structure set')
      files.push({ source, isObject: true });
    else if (finding.kind === 'dicom')
      leftOut.push({ path, reason: 'It is a DICOM image, not a mask.', image: true });
    else if (finding.kind === 'left out' && finding.image)
      leftOut.push({ path, reason: finding.reason, image: true });
    else notImages += 1;
  }
  const find = finder(target);
  const predictions: FoundPrediction[] = [];
  const problems: LeftOut[] = [];
  const fileOf = new Map<string, string>();
  const known = new Set(project.labels().map(({ label }) => label));
  let done = 0;
  for await (const { source, sha256, outcomes } of inOrder(files, pool.size + 1, async (file) => ({
    source: file.source,
    ...(await (file.isObject ? find.object(file.source) : find.nifti(file.source))),
  }))) {
    throwIfCancelled(context);
    const { path } = source;
    for (const outcome of outcomes) {
      if (outcome.kind !== 'found') {
        (outcome.kind === 'problem' ? problems : leftOut).push({
          path,
          reason: outcome.reason,
          image: true,
        });
        continue;
      }
      const { scan } = outcome.scan;
      const labels = Object.keys(countLabels(outcome.labels)).map(Number);
      const problem = problemOf(labels, known) ?? takenBy(fileOf.get(scan), scan);
      if (!target.inFolds.has(scan))
        leftOut.push({ path, reason: notScored(scan, target.locked), image: true });
      else if (problem !== null) problems.push({ path, reason: problem, image: true });
      else {
        fileOf.set(scan, path);
        const { geometry } = outcome.scan;
        const staged = target.aside.stage({ samples: outcome.labels, geometry });
        predictions.push({ scan, staged, file: sha256, labels });
      }
    }
    done += 1;
    context.report({ done, total: files.length, unit: 'files', message: 'Reading predictions' });
  }
  return { predictions, leftOut, problems, notImages };
}

const OURS = /(?:^|\/)([^/]+)_\d+_(\d+)\.nii(?:\.gz)?$/iu;

interface ReadFile {
  readonly sha256: string;
  readonly outcomes: readonly Outcome[];
}

/** Reads a file and finds the scans that its masks are for. */
function finder({ project, pool, maskFrom, labelMap }: PredictionTarget) {
  const { registry } = project;
  const shelf = projectShelf(project, new ImportReport());
  const scans = registry.scans();
  const codes = new Map(scans.map(({ scan, patient }) => [scan, patient]));
  const candidates = shelf.candidates();
  const nameable: NameableScan[] = candidates.map(({ scan, sourcePath }) => ({
    ...{ scan, patient: codes.get(scan) ?? '', sourcePath },
  }));
  const namedBy = scanNames(nameable);
  const byScan = new Map(candidates.map((candidate) => [candidate.scan, candidate]));
  const idOfCode = new Map(scans.map(({ patient, patientId }) => [patient, patientId]));
  /** What `maskFrom` reads from a path: the patient by its own id or by its code. */
  const ruled = (path: string): MaskQuery['named'] => {
    const names = maskFrom === undefined ? null : namesFrom(maskFrom, path);
    if (names === null) return null;
    return { names, patient: registry.patientWithKey(names.patient) ?? idOfCode.get(names.patient) ?? null };
  };
  /** What `heldout predict` calls its files: code of the patient, number of the series, time position. */
  const oursOf = (path: string): MaskQuery['named'] => {
    const [, code = '', phase = ''] = OURS.exec(path) ?? [];
    const patient = idOfCode.get(code) ?? null;
    return patient === null ? null : { names: { patient: code, scan: null, phase }, patient };
  };
  const missesRule = (path: string) => maskFrom !== undefined && ruled(path) === null;
  const leaveOut = (reason: string): Outcome => ({ kind: 'left out', reason });

  function place(
    { geometry }: Volume,
    phase: number | null,
    source: SourceFile,
  ): MaskMatch & { isSure: boolean } {
    const query: MaskQuery = {
      ...{ geometry, phase, path: source.path, named: ruled(source.path) },
      sourcePath: `${source.root}/${source.path}`,
    };
    if (query.named !== null) return { ...matchMask(query, candidates), isSure: true };
    const { scans: named } = namedBy(source.path);
    const patients = new Set(named.map(({ patient }) => patient));
    if (patients.size > 1)
      return {
        candidate: null,
        reason:
          `Its name fits scans of ${patients.size} patients (${listed(named.map(({ scan }) => scan))}): ` +
          'keep it in folders as the images were imported, or say where it belongs with --mask-from.',
        isSure: true,
      };
    const own = named.flatMap(({ scan }) => byScan.get(scan) ?? []);
    const [only] = own;
    if (only !== undefined) {
      const match = matchMask({ ...query, path: '' }, own);
      const grids = `Its grid (${describeGrid(geometry)}) is not that of ${only.scan} (${describeGrid(only.geometry)})`;
      return match.candidate === null && own.length === 1
        ? {
            candidate: null,
            reason: `${grids}: write the prediction in the grid of its image.`,
            isSure: true,
          }
        : { ...match, isSure: true };
    }
    const ours = oursOf(source.path);
    if (ours !== null) return { ...matchMask({ ...query, named: ours }, candidates), isSure: true };
    // By path and grid, where some word of the path says so: a grid that is unique is no evidence of whose it is.
    const words = new Set(pathWords(source.path));
    const withCodes = candidates.map((candidate) => ({
      ...candidate,
      sourcePath: `${candidate.sourcePath}/${codes.get(candidate.scan) ?? ''}/${candidate.scan}`,
    }));
    const akin = withCodes.filter(({ sourcePath }) => pathWords(sourcePath).some((word) => words.has(word)));
    if (akin.length === 0)
      return { candidate: null, reason: 'No scan of the project goes by its name.', isSure: false };
    return { ...matchMask(query, akin), isSure: false };
  }

  return {
    async nifti(source: SourceFile): Promise<ReadFile> {
      const reading = await readNiftiInPool(source, pool);
      if (reading.image === null)
        return { sha256: '', outcomes: [{ kind: 'problem', reason: reading.reason }] };
      const { volumes } = reading.image;
      if (missesRule(source.path))
        return { sha256: reading.sha256, outcomes: [leaveOut('--mask-from does not match its path.')] };
      const outcomes = volumes.map((volume, index): Outcome => {
        const labels = labelsOf(volume);
        if (labels === null)
          return leaveOut('It is no mask: a mask holds a few small whole numbers (labels) only.');
        const match = place(volume, volumes.length > 1 ? index : null, source);
        if (match.candidate === null)
          return { kind: match.isSure ? 'problem' : 'left out', reason: match.reason };
        return {
          kind: 'found',
          scan: byScan.get(match.candidate.scan) ?? match.candidate,
          labels: reorderedLabels(mapped(labels, labelMap), volume.geometry.dims, match.order),
        };
      });
      return { sha256: reading.sha256, outcomes };
    },

    async object(source: SourceFile): Promise<ReadFile> {
      const reading = await pool
        .run('mask object', source)
        .catch((error: unknown) => ({ object: null, reason: crashReason(error) }));
      if (reading.object === null)
        return { sha256: '', outcomes: [{ kind: 'problem', reason: reading.reason }] };
      const { object, sha256 } = reading;
      if (missesRule(source.path))
        return { sha256, outcomes: [leaveOut('--mask-from does not match its path.')] };
      const match = matchObject(object, ruled(source.path), candidates, shelf);
      if (match.parts === null) {
        const isOurs = object.seriesUids.some((uid) => registry.scansOfSeries(uid).length > 0);
        return { sha256, outcomes: [{ kind: isOurs ? 'problem' : 'left out', reason: match.reason }] };
      }
      const outcomes: Outcome[] = [];
      for (const part of match.parts) {
        const placed = await placeInPool(part, pool);
        if (typeof placed === 'string') {
          outcomes.push({ kind: 'problem', reason: placed });
          continue;
        }
        const used = usedSegments(object, [{ part, placed }]);
        const segments = used.map(({ segment }) => segment);
        const labels = labelsForSegments(segments, project.labels(), new Set());
        if (labels === null || labels.added.length > 0) {
          const names = segments.map(({ name }) => `"${name}"`);
          outcomes.push({
            kind: 'problem',
            reason: `The project has no label for each of its segments (${listed(names)}): name the project's labels like them.`,
          });
          continue;
        }
        const labelOf = new Uint8Array(256);
        used.forEach(({ value }, at) => {
          labelOf[value] = labels.numbers[at] ?? 0;
        });
        outcomes.push({
          kind: 'found',
          scan: part.candidate,
          labels: placed.values.map((value) => labelOf[value] ?? 0),
        });
      }
      return { sha256, outcomes };
    },
  };
}

function mapped(labels: Uint8Array, map: PredictionTarget['labelMap']): Uint8Array {
  if (map === null) return labels;
  const numbers = Uint8Array.from({ length: 256 }, (_, label) => map.get(label) ?? 0);
  return labels.map((label) => numbers[label] ?? 0);
}

function problemOf(labels: readonly number[], known: ReadonlySet<number>): string | null {
  const unknown = labels.filter((label) => !known.has(label));
  if (unknown.length === 0) return null;
  return (
    `It holds ${unknown.length === 1 ? 'label' : 'labels'} ${listed(unknown.map(String))}, which the project does not have ` +
    `(its labels are ${[...known].join(', ')}): say which is which with --map-labels, or add them to the project.`
  );
}

function takenBy(other: string | undefined, scan: string): string | null {
  return other === undefined
    ? null
    : `Another file is a prediction of ${scan} too (${other}): keep one for each scan and model.`;
}

function notScored(scan: string, locked: ReadonlySet<string>): string {
  return locked.has(scan)
    ? `${scan} is in the locked set, which is not scored here.`
    : `${scan} stands in no fold: it has no reference mask, or the split does not name it.`;
}
