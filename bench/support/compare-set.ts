import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ConvertDocument } from '#src/contracts/documents/convert';
import { convertPaths } from '#main/operations/convert';
import { quietContext } from '#main/jobs/context';
import { readNifti } from '#main/nifti/read-nifti';
import { runDcm2niix, type WrittenFile } from './dcm2niix';
import type { Difference } from './known-differences';
import { leftOutBySeries } from './left-out-series';
import { pairVolumes, sameAffine, type Pair, type Written } from './pair-volumes';

/** What the two programs made of one folder, in 3-D volumes. */
export interface SetComparison {
  readonly set: string;
  readonly ours: number;
  readonly theirs: number;
  readonly equal: number;
  readonly differences: readonly Difference[];
  readonly dcm2niix: string;
  readonly dcm2niixWarnings: readonly string[];
}

/** A volume with the series that it is of. */
interface Member extends Written {
  readonly uid: string;
  readonly series: string;
}

interface Ours extends Member {
  readonly description: string;
  readonly phase: number | null;
}

type Draft = Omit<Difference, 'set' | 'leftOut' | 'volumes'> & { readonly uid: string };

/** Converts a folder with both programs and compares what they wrote, one series after the other. */
export async function compareSet(folder: string): Promise<SetComparison> {
  const root = await mkdtemp(join(tmpdir(), 'heldout-compare-'));
  try {
    const set = basename(folder);
    const [oursIn, theirsIn] = [join(root, 'ours'), join(root, 'theirs')];
    const { files, version, warnings } = await runDcm2niix(folder, theirsIn);
    const document = await convertPaths({ paths: [folder], out: oursIn }, quietContext());
    // NIfTI files that lie beside the images are nothing that dcm2niix converts.
    const dicom = document.volumes.filter(({ seriesInstanceUID }) => seriesInstanceUID !== null);
    const leftOut = await leftOutBySeries(folder, document.leftOut);
    const { theirs, equal, drafts } = await compareAll(oursIn, dicom, files, new Set(leftOut.keys()));
    const differences = grouped(drafts).map(({ uid, ...draft }) => ({
      set,
      ...draft,
      leftOut: leftOut.get(uid) ?? [],
    }));
    return {
      set,
      ...{ ours: dicom.length, theirs, equal, differences },
      ...{ dcm2niix: version, dcm2niixWarnings: warnings },
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function compareAll(
  oursIn: string,
  dicom: ConvertDocument['volumes'],
  files: readonly WrittenFile[],
  leftOutUids: ReadonlySet<string>,
): Promise<{ theirs: number; equal: number; drafts: Draft[] }> {
  const drafts: Draft[] = [];
  const left: { ours: Ours[]; theirs: Member[] } = { ours: [], theirs: [] };
  let theirs = 0;
  let equal = 0;
  const compare = (ours: readonly Ours[], others: readonly Member[], isOneSeries = false) => {
    const { pairs, onlyOurs, onlyTheirs } = pairVolumes(ours, others, isOneSeries);
    for (const pair of pairs) drafts.push(...differencesOf(pair));
    drafts.push(...orderDifferences(pairs));
    equal += pairs.filter((pair) => differencesOf(pair).length === 0).length;
    return { onlyOurs, onlyTheirs };
  };
  const uids = [
    ...dicom.map((volume) => volume.seriesInstanceUID ?? ''),
    ...files.map((file) => file.seriesUid),
  ];
  for (const uid of new Set(uids)) {
    const own = await readOurs(
      oursIn,
      dicom.filter(({ seriesInstanceUID }) => seriesInstanceUID === uid),
    );
    const read = await readTheirs(files.filter(({ seriesUid }) => seriesUid === uid));
    drafts.push(...read.unread);
    theirs += read.volumes.length;
    const { onlyOurs, onlyTheirs } = compare(own, read.volumes, true);
    left.ours.push(...onlyOurs);
    left.theirs.push(...onlyTheirs);
  }
  // dcm2niix stacks several series into one file, or gives a series a UID of its own making.
  const isForeign = ({ uid }: Member) => !leftOutUids.has(uid);
  const { onlyOurs, onlyTheirs } = compare(left.ours, left.theirs.filter(isForeign));
  for (const volume of onlyOurs) drafts.push(onlyIn('only ours', volume));
  for (const volume of left.theirs)
    if (!isForeign(volume) || onlyTheirs.includes(volume)) drafts.push(onlyIn('only dcm2niix', volume));
  return { theirs, equal, drafts };
}

function onlyIn(kind: 'only ours' | 'only dcm2niix', { uid, series, file, volume }: Member): Draft {
  return { uid, series, kind, file, detail: volume.geometry.dims.join(' x '), size: null };
}

function differencesOf(pair: Pair<Ours, Member>): Draft[] {
  const { differing, voxels, largest } = pair.voxels;
  const { uid, series } = pair.ours;
  const file = pair.theirs.file;
  const drafts: Draft[] = [];
  if (!sameAffine(pair)) {
    const detail = `an element of the affine by ${pair.affineMm.toPrecision(3)}`;
    drafts.push({ uid, series, kind: 'place', file, detail, size: pair.affineMm });
  }
  if (differing > 0) {
    const share = ((100 * differing) / voxels).toPrecision(3);
    const detail = `${share} % of the voxels by up to ${largest.toPrecision(3)}`;
    drafts.push({ uid, series, kind: 'voxels', file, detail, size: largest });
  }
  return drafts;
}

/** Volumes of one of dcm2niix's files that we have in another order in time. */
function orderDifferences(pairs: readonly Pair<Ours, Member>[]): Draft[] {
  const byFile = new Map<string, Pair<Ours, Member>[]>();
  for (const pair of pairs) {
    if (pair.voxels.differing > 0 || pair.ours.phase === null) continue;
    const key = JSON.stringify([pair.theirs.file, pair.ours.description]);
    byFile.set(key, [...(byFile.get(key) ?? []), pair]);
  }
  return [...byFile.values()].flatMap((members) => {
    const inTime = members.toSorted((a, b) => (a.ours.phase ?? 0) - (b.ours.phase ?? 0));
    const isRising = inTime.every(({ theirs }, n) => theirs.frame > (inTime[n - 1]?.theirs.frame ?? -1));
    const [first] = members;
    if (isRising || first === undefined) return [];
    const { uid, series } = first.ours;
    const detail = inTime.map(({ theirs }) => theirs.frame).join(' ');
    return [{ uid, series, kind: 'order', file: first.theirs.file, detail, size: null } satisfies Draft];
  });
}

/** One line for each way in which a series differs, with how many volumes it stands for and the largest difference. */
function grouped(drafts: readonly Draft[]): (Draft & { volumes: number })[] {
  const groups = new Map<string, Draft & { volumes: number }>();
  for (const draft of drafts) {
    // Files that dcm2niix adds beside a volume are told apart, for they have reasons of their own.
    const added = draft.kind === 'only ours' ? '' : (/_(Tilt|Eq|ROI)/u.exec(draft.file)?.[0] ?? '');
    const key = JSON.stringify([draft.uid, draft.kind, added]);
    const group = groups.get(key);
    const worst = group !== undefined && (group.size ?? 0) >= (draft.size ?? 0) ? group : draft;
    groups.set(key, { ...worst, volumes: (group?.volumes ?? 0) + 1 });
  }
  return [...groups.values()];
}

async function readOurs(folder: string, volumes: ConvertDocument['volumes']): Promise<Ours[]> {
  const read: Ours[] = [];
  for (const { file, seriesInstanceUID, description, phase } of volumes) {
    const [volume] = (await readNifti(join(folder, file))).volumes;
    if (volume === undefined) throw new Error(`${file} holds no volume`);
    const series = /^series-(\d+)/u.exec(file)?.[1] ?? '';
    read.push({ uid: seriesInstanceUID ?? '', series, file, frame: 0, volume, description, phase });
  }
  return read;
}

async function readTheirs(files: readonly WrittenFile[]): Promise<{ volumes: Member[]; unread: Draft[] }> {
  const volumes: Member[] = [];
  const unread: Draft[] = [];
  for (const { file, path, seriesUid: uid, seriesNumber: series } of files)
    try {
      const image = await readNifti(path);
      volumes.push(...image.volumes.map((volume, frame) => ({ uid, series, file, frame, volume })));
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      unread.push({ uid, series, kind: 'unread', file, detail, size: null });
    }
  return { volumes, unread };
}
