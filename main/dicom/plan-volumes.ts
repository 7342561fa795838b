import type { ImportDocument, LeftOut } from '#src/contracts/documents/import';
import { assembleSeries, stackOfFrames } from '#src/imaging/series-assembly';
import type { SourceSlice, VolumePlan } from './assemble-volume';
import type { DicomImage } from './header';
import { FileCrash, type ImportPool } from './import-pool';
import { inOrder } from './in-order';

export type ImportQuestion = ImportDocument['questions'][number];

/** A DICOM volume that is known but not read yet. */
export interface PlannedVolume {
  readonly plan: VolumePlan<SourceSlice>;
  /** The file of the middle slice: identity, study, series. */
  readonly image: DicomImage;
  readonly patientKey: string;
  /** 0-based time position within the series, null when it has none. */
  readonly phase: number | null;
  /** The series' description, with what sets this volume apart within it. */
  readonly description: string;
  readonly warnings: readonly string[];
  /** The folder that all its files share, or its only file. */
  readonly sourcePath: string;
}

export interface DicomPlan {
  readonly volumes: readonly PlannedVolume[];
  readonly leftOut: readonly LeftOut[];
  readonly questions: readonly ImportQuestion[];
  readonly warnings: readonly string[];
}

/** Images whose pixels a worker compares at once. */
const BATCH = 32;

/** Who a file belongs to; `isChosen` when the person's own rule said so, whatever the header says. */
export type PatientOf = (slice: SourceSlice) => { readonly key: string; readonly isChosen: boolean };

/**
 * Sorts DICOM images into series and series into volumes.
 *
 * Copies of an image are taken once. A series that names two patients is left out with a question, unless the person's
 * own rule divides it.
 */
export async function planVolumes(
  slices: readonly SourceSlice[],
  patientOf: PatientOf,
  pool: ImportPool,
): Promise<DicomPlan> {
  const leftOut: LeftOut[] = [];
  const questions: ImportQuestion[] = [];
  const warnings: string[] = [];
  const volumes: PlannedVolume[] = [];
  const { kept, copies, clashes } = await withoutCopies(slices, pool);
  if (copies > 0)
    warnings.push(`${plural(copies, 'file is a copy', 'files are copies')} of others and taken once.`);
  if (clashes > 0)
    warnings.push(
      `${plural(clashes, 'file shares its', 'files share their')} UID with a different image; all are kept.`,
    );
  for (const series of groupBySeries(kept)) {
    const patients = groupBy(series, (slice) => patientOf(slice).key);
    if (patients.size > 1 && !series.every((slice) => patientOf(slice).isChosen)) {
      questions.push(twoPatients(series));
      leftOut.push(
        ...series.map(({ source }) => ({
          path: source.path,
          reason: 'Its series names two patients: see the question.',
          image: true,
        })),
      );
      continue;
    }
    for (const [patientKey, members] of patients) {
      const planned = volumesOf(members, patientKey);
      volumes.push(...planned.volumes);
      leftOut.push(...planned.leftOut);
    }
  }
  return { volumes, leftOut, questions, warnings };
}

/**
 * Plans a volume again without files that turned out to be unreadable: what is left of it, in one piece or several.
 */
export function replanWithout(volume: PlannedVolume, failed: ReadonlySet<number>): PlannedVolume[] {
  const left = volume.plan.slices.filter(
    (slice, index): slice is SourceSlice => slice !== null && !failed.has(index),
  );
  return volumesOf(left, volume.patientKey).volumes.map((part) => ({
    ...part,
    phase: volume.phase,
    description: volume.description,
  }));
}

function volumesOf(
  members: readonly SourceSlice[],
  patientKey: string,
): { volumes: PlannedVolume[]; leftOut: LeftOut[] } {
  const isPlaced = ({ position, orientation, image }: SourceSlice) =>
    (position !== null && orientation !== null) || image.context.pixels.frames === 1;
  const { volumes: placed, refused } = assembleSeries(members.filter(isPlaced));
  const loose = groupBy(
    members.filter((slice) => !isPlaced(slice)),
    ({ image }) => image,
  );
  const volumes = [...placed, ...[...loose.values()].map(stackOfFrames)];
  return {
    leftOut: refused.flatMap((group) =>
      group.slices.map(({ source }) => ({ path: source.path, reason: group.reason, image: true })),
    ),
    volumes: volumes.flatMap((volume) => {
      const present = volume.slices.filter((slice) => slice !== null);
      const middle = present[present.length >> 1];
      if (middle === undefined) return [];
      return [
        {
          plan: { geometry: volume.geometry, slices: volume.slices },
          image: middle.image,
          patientKey,
          phase: volume.phase,
          description: [middle.image.context.series.description, volume.label].filter(Boolean).join(', '),
          warnings: [...middle.image.notes, ...volume.warnings],
          sourcePath: commonPath([...new Set(present.map(({ source }) => source.path))]),
        },
      ];
    }),
  };
}

/** The longest run of folders that all paths share; the path itself when there is one only. */
function commonPath(paths: readonly string[]): string {
  const [first = '', ...rest] = paths;
  if (rest.length === 0) return first;
  let shared = first.split('/').slice(0, -1);
  for (const path of rest) {
    const parts = path.split('/').slice(0, -1);
    const end = shared.findIndex((part, n) => part !== parts[n]);
    if (end >= 0) shared = shared.slice(0, end);
  }
  return shared.join('/');
}

function groupBySeries(slices: readonly SourceSlice[]): SourceSlice[][] {
  const folder = (path: string) => path.split('/').slice(0, -1).join('/');
  return [
    ...groupBy(slices, ({ image, source }) => {
      const { study, series } = image.context;
      // Without a series UID the folder is all there is to go by.
      return series.uid === '' ? `folder ${folder(source.path)}` : `${study.uid} ${series.uid}`;
    }).values(),
  ];
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [item]);
    else members.push(item);
  }
  return groups;
}

/** Drops images that are there already under the same SOP instance UID with the same pixels at the same place. */
async function withoutCopies(
  slices: readonly SourceSlice[],
  pool: ImportPool,
): Promise<{ kept: readonly SourceSlice[]; copies: number; clashes: number }> {
  const byUid = groupBy(
    slices,
    ({ image, source, frame, tile }) =>
      `${image.sopInstanceUid || `file ${source.path}`} ${frame} ${tile?.left ?? ''} ${tile?.top ?? ''}`,
  );
  const groups = [...byUid.values()].filter((group) => group.length > 1);
  if (groups.length === 0) return { kept: slices, copies: 0, clashes: 0 };
  const prints = await fingerprintsOf(groups.flat(), pool);
  const dropped = new Set<SourceSlice>();
  let clashes = 0;
  for (const group of groups) {
    const seen = new Set<string>();
    for (const slice of group) {
      const place = JSON.stringify([slice.position, slice.orientation]);
      const print = `${prints.get(slice) ?? slice.source.path} ${place}`;
      if (seen.has(print)) dropped.add(slice);
      else seen.add(print);
    }
    if (seen.size > 1) clashes += seen.size;
  }
  return { kept: slices.filter((slice) => !dropped.has(slice)), copies: dropped.size, clashes };
}

/** Fingerprints of the pixels; files that cannot be read have none: they are met, and reported, later. */
async function fingerprintsOf(
  slices: readonly SourceSlice[],
  pool: ImportPool,
): Promise<Map<SourceSlice, string>> {
  const batches: SourceSlice[][] = [];
  for (let first = 0; first < slices.length; first += BATCH) batches.push(slices.slice(first, first + BATCH));
  const prints = new Map<SourceSlice, string>();
  const results = inOrder(batches, pool.size + 1, async (batch) => {
    const answers = await pool.run('fingerprint', batch).catch((error: unknown) => {
      if (error instanceof FileCrash) return [];
      throw error;
    });
    return batch.map((slice, index) => ({ slice, print: answers[index] ?? null }));
  });
  for await (const batch of results)
    for (const { slice, print } of batch) if (print !== null) prints.set(slice, print);
  return prints;
}

function twoPatients(series: readonly SourceSlice[]): ImportQuestion {
  const where = commonPath(series.map(({ source }) => source.path));
  return {
    kind: 'two-patients',
    sentence:
      `The files of one series${where === '' ? '' : ` in ${where}`} name two patients. Say whose they are with ` +
      '--patient-from, or import the folders of the patients separately with corrected files.',
    choices: ['--patient-from'],
  };
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
