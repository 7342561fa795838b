import type { ImportQuestion, LeftOut } from '#src/contracts/documents/import';
import { assembleSeries, stackOfFrames } from '#src/imaging/series-assembly';
import type { VolumePlan } from './assemble-volume';
import type { DicomImage } from './header';
import { FileCrash, type ImportPool } from './import-pool';
import {
  answerTo,
  commonPath,
  givenToLarger,
  singleSliceSeries,
  twoPatients,
  UNDECIDED,
  type ImportChoices,
  type SeriesGroup,
  type SingleSlices,
} from './import-questions';
import { inOrder } from './in-order';
import type { SourceSlice } from './source-slice';

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

const OPEN_PATIENTS = 'Its series names two patients: see the question.';
const OPEN_SINGLE = 'It is the only image of its series and may be a slice of a volume: see the question.';
const LEFT_OUT_BY_CHOICE = 'Its series names two patients, and you chose to leave it out.';

/** Images whose pixels a worker compares at once. */
const BATCH = 32;

/** Who a file belongs to; `isChosen` when the person's own rule said so, whatever the header says. */
export type PatientOf = (slice: SourceSlice) => { readonly key: string; readonly isChosen: boolean };

/**
 * Sorts DICOM images into series and series into volumes.
 *
 * Copies of an image are taken once. A series that names two patients is left out with a question, unless the person's
 * own rule divides it or the question is answered; so are series that hold one slice of a volume each.
 *
 * @throws HeldoutError `usage` for an answer that its question does not offer
 */
export async function planVolumes(
  slices: readonly SourceSlice[],
  patientOf: PatientOf,
  pool: ImportPool,
  choices: ImportChoices = UNDECIDED,
): Promise<DicomPlan> {
  const leftOut: LeftOut[] = [];
  const questions: ImportQuestion[] = [];
  const warnings: string[] = [];
  const volumes: PlannedVolume[] = [];
  const groups: SeriesGroup[] = [];
  const leaveOut = (members: readonly SourceSlice[], reason: string) =>
    leftOut.push(...members.map(({ source }) => ({ path: source.path, reason, image: true })));
  const { kept, copies, clashes } = await withoutCopies(slices, pool);
  if (copies > 0)
    warnings.push(`${plural(copies, 'file is a copy', 'files are copies')} of others and taken once.`);
  if (clashes > 0)
    warnings.push(
      `${plural(clashes, 'file shares its', 'files share their')} UID with a different image; all are kept.`,
    );
  for (const series of groupBySeries(kept)) {
    const patients = groupBy(series, (slice) => patientOf(slice).key);
    const isOpen = patients.size > 1 && !series.every((slice) => patientOf(slice).isChosen);
    const asked = isOpen ? twoPatients(patients) : null;
    const answer = asked === null ? 'apart' : answerTo(asked, choices);
    if (asked !== null && answer === null) questions.push(asked);
    if (answer === 'larger') groups.push(givenToLarger(patients));
    else if (answer === 'apart')
      groups.push(...[...patients].map(([patientKey, slices]) => ({ patientKey, slices })));
    else leaveOut(series, answer === null ? OPEN_PATIENTS : LEFT_OUT_BY_CHOICE);
  }
  const single = new Map<SeriesGroup, SingleSlices>();
  for (const found of singleSliceSeries(groups)) for (const group of found.groups) single.set(group, found);
  for (const group of groups) {
    const found = single.get(group);
    const answer = found === undefined ? 'apart' : answerTo(found.question, choices);
    // The first of them stands for all.
    const isFirst = found?.groups[0] === group;
    if (answer === null) {
      if (found !== undefined && isFirst) questions.push(found.question);
      leaveOut(group.slices, OPEN_SINGLE);
      continue;
    }
    if (found !== undefined && answer === 'join' && !isFirst) continue;
    const members =
      found !== undefined && answer === 'join' ? found.groups.flatMap(({ slices }) => slices) : group.slices;
    const planned = volumesOf(members, group.patientKey);
    volumes.push(...planned.volumes);
    leftOut.push(...planned.leftOut);
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

/**
 * Drops files that are there already under the same SOP instance UID with the same values at the same places. A file of
 * several frames is compared whole: a half of one and a half of its other version would be neither.
 */
async function withoutCopies(
  slices: readonly SourceSlice[],
  pool: ImportPool,
): Promise<{ kept: readonly SourceSlice[]; copies: number; clashes: number }> {
  const files = [...groupBy(slices, ({ image }) => image).values()];
  const byUid = groupBy(
    files,
    ([first]) => first?.image.sopInstanceUid || `file ${first?.source.path ?? ''}`,
  );
  const groups = [...byUid.values()].filter((group) => group.length > 1);
  if (groups.length === 0) return { kept: slices, copies: 0, clashes: 0 };
  const prints = await fingerprintsOf(groups.flat(2), pool);
  const dropped = new Set<SourceSlice>();
  let copies = 0;
  let clashes = 0;
  for (const group of groups) {
    const seen = new Set<string>();
    for (const file of group) {
      const print = JSON.stringify(
        file.map((slice) => [prints.get(slice) ?? slice.source.path, placeAndScale(slice)]),
      );
      if (!seen.has(print)) {
        seen.add(print);
        continue;
      }
      copies += 1;
      for (const slice of file) dropped.add(slice);
    }
    if (seen.size > 1) clashes += seen.size;
  }
  return { kept: slices.filter((slice) => !dropped.has(slice)), copies, clashes };
}

/** What the same stored pixels must share to be the same image. */
function placeAndScale({ position, orientation, slope, intercept, image }: SourceSlice): unknown {
  const { signed, bitsStored, highBit, inverted } = image.context.pixels;
  return [position, orientation, slope, intercept, signed, bitsStored, highBit, inverted];
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

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
