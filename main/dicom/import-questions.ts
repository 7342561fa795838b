import { createHash } from 'node:crypto';
import type { ImportQuestion } from '#src/contracts/documents/import';
import { HeldoutError } from '#src/contracts/failure';
import type { Vector3 } from '#src/imaging/geometry';
import type { SourceSlice } from './source-slice';

/** What the person has decided: by question, and for every question of a kind that has no answer of its own. */
export interface ImportChoices {
  readonly answers: Readonly<Record<string, string>>;
  readonly defaults: Readonly<Record<string, string>>;
}

export const UNDECIDED: ImportChoices = { answers: {}, defaults: {} };

/** Images that belong together for one patient. */
export interface SeriesGroup {
  readonly patientKey: string;
  readonly slices: readonly SourceSlice[];
}

/** Direction cosines may differ by so much within one volume. */
const COSINE_TOLERANCE = 1e-3;
/** Share of the step by which steps may differ; positions are written with few decimals. */
const STEP_TOLERANCE = 0.02;
/** Below this (mm) two positions are the same place. */
const SAME_PLACE = 0.01;
/** Fewer single images may well be localizers. */
const FEWEST_SINGLE = 3;

/**
 * The answer to a question: its own, else that for its kind, else null.
 *
 * @throws HeldoutError `usage` when the answer is none of those that the question offers
 */
export function answerTo(
  { id, kind, answers: offered }: ImportQuestion,
  { answers, defaults }: ImportChoices,
): string | null {
  const given = answers[id] ?? defaults[kind];
  if (given === undefined) return null;
  if (offered.some(({ answer }) => answer === given)) return given;
  const possible = offered.map(({ answer }) => answer).join(', ');
  throw new HeldoutError('usage', `"${given}" answers no "${kind}" question: say one of ${possible}.`);
}

/** Asks whose the images of one series are, when they name several patients (`members` by patient). */
export function twoPatients(members: ReadonlyMap<string, readonly SourceSlice[]>): ImportQuestion {
  const series = [...members.values()].flat();
  const where = commonPath(series.map(({ source }) => source.path));
  const counts = [...members.values()].map(({ length }) => length).toSorted((a, b) => b - a);
  const number = counts.length === 2 ? 'two' : `${counts.length}`;
  return {
    id: idOf('two-patients', series),
    kind: 'two-patients',
    sentence:
      `The files of one series${where === '' ? '' : ` in ${where}`} name ${number} patients ` +
      `(${counts.slice(0, -1).join(', ')} and ${counts.at(-1)} images). Whose are they?`,
    choices: [
      '--two-patients apart',
      '--two-patients larger',
      '--two-patients leave-out',
      '--patient-from REGEX',
    ],
    answers: [
      { answer: 'apart', label: 'Each image belongs to the patient that it names' },
      { answer: 'larger', label: 'All belong to the patient with more images' },
      { answer: 'leave-out', label: 'Leave the series out' },
    ],
  };
}

/** Gives every image of a series to the patient with most of its images (the first of equals), identity included. */
export function givenToLarger(members: ReadonlyMap<string, readonly SourceSlice[]>): SeriesGroup {
  const [[patientKey, own] = ['', []]] = [...members].toSorted((a, b) => b[1].length - a[1].length);
  const patient = own[0]?.image.context.patient;
  if (patient === undefined) throw new Error('A series without images.');
  const slices = [...members.values()].flat().map((slice) => {
    const { image } = slice;
    return { ...slice, image: { ...image, context: { ...image.context, patient } } };
  });
  return { patientKey, slices };
}

/** Series of one image each whose images lie like the slices of one volume, with the question about them. */
export interface SingleSlices {
  readonly question: ImportQuestion;
  readonly groups: readonly SeriesGroup[];
}

/**
 * Finds series that hold one image each and would make one volume together: the same study, patient, frame of reference,
 * plane, matrix, pixel spacing and modality, descriptions that differ in numbers only, and equal steps along the normal.
 */
export function singleSliceSeries(groups: readonly SeriesGroup[]): SingleSlices[] {
  const alike = new Map<string, SeriesGroup[][]>();
  for (const group of groups) {
    const slice = group.slices.length === 1 ? group.slices[0] : undefined;
    if (slice?.position == null || slice.orientation === null) continue;
    const sets = alike.get(likenessOf(group.patientKey, slice)) ?? [];
    alike.set(likenessOf(group.patientKey, slice), sets);
    const set = sets.find(([first]) => first !== undefined && inOnePlane(sliceOf(first), slice));
    if (set === undefined) sets.push([group]);
    else set.push(group);
  }
  return [...alike.values()]
    .flat()
    .filter((set) => set.length >= FEWEST_SINGLE && hasCommonStep(set.map(sliceOf)))
    .map((set) => ({ question: oneSeriesPerSlice(set), groups: set }));
}

function oneSeriesPerSlice(groups: readonly SeriesGroup[]): ImportQuestion {
  return {
    id: idOf('one-series-per-slice', groups.map(sliceOf)),
    kind: 'one-series-per-slice',
    sentence:
      `${groups.length} series of one study hold one image each, and together these lie like the slices of one ` +
      'volume: some exports give every slice a series of its own. Do they belong together?',
    choices: ['--single-slice-series join', '--single-slice-series apart'],
    answers: [
      { answer: 'join', label: `Join them into one volume of ${groups.length} slices` },
      { answer: 'apart', label: 'Keep them apart: each image is a scan of its own' },
    ],
  };
}

function sliceOf({ slices }: SeriesGroup): SourceSlice {
  const [slice] = slices;
  if (slice === undefined) throw new Error('A series without images.');
  return slice;
}

function likenessOf(patientKey: string, slice: SourceSlice): string {
  const { study, series } = slice.image.context;
  return JSON.stringify([
    patientKey,
    study.uid,
    slice.image.frameOfReferenceUid,
    series.modality,
    withoutNumbers(series.description),
    [slice.rows, slice.columns, slice.pixelSpacing],
  ]);
}

const withoutNumbers = (text: string) => text.replaceAll(/\d+(?:[.,]\d+)*/gu, '').trim();

function inOnePlane(a: SourceSlice, b: SourceSlice): boolean {
  const [one, other] = [a.orientation?.flat() ?? [], b.orientation?.flat() ?? []];
  return one.every((cosine, index) => Math.abs(cosine - (other[index] ?? NaN)) <= COSINE_TOLERANCE);
}

function hasCommonStep(slices: readonly SourceSlice[]): boolean {
  const [row, column] = slices[0]?.orientation ?? [];
  if (row === undefined || column === undefined) return false;
  const normal = cross(row, column);
  const places = slices
    .map(({ position }) =>
      (position ?? []).reduce((sum, value, axis) => sum + value * (normal[axis] ?? 0), 0),
    )
    .toSorted((a, b) => a - b);
  const steps = places.slice(1).map((place, index) => place - (places[index] ?? NaN));
  const [least, most] = [Math.min(...steps), Math.max(...steps)];
  return least > SAME_PLACE && most - least <= Math.max(SAME_PLACE, STEP_TOLERANCE * least);
}

function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** The same for the same files, in whatever order they were found. */
function idOf(kind: string, slices: readonly SourceSlice[]): string {
  const parts = slices.map(({ image, source }) => `${image.context.series.uid} ${source.path}`).toSorted();
  return createHash('sha256')
    .update(JSON.stringify([kind, ...parts]))
    .digest('hex')
    .slice(0, 12);
}

/** The longest run of folders that all paths share; the path itself when there is one only. */
export function commonPath(paths: readonly string[]): string {
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
