/**
 * The one typed map of the bridge between the window and the main process.
 *
 * `requests` holds a valibot schema for each channel: the main process validates every message with it before an
 * operation sees it. `Responses` and `Events` give the other direction its types. The page names things by id;
 * it never sends a path.
 */
import * as v from 'valibot';
import type { DesignPicture } from '#src/experiments/design-picture';
import type { Geometry } from '#src/imaging/geometry';
import type { SampleType } from '#src/imaging/volume';
import { PAINT_OVER } from '#src/masks/paint-over';
import { MARKS, PREFERENCES, QUESTIONS } from '#src/readers/reading';
import { LONGEST_NOTE } from '#src/readers/session';
import type { Merge, Patient, ProjectSummary, RunRecord, Scan } from '#src/registry/records';
import type { Split } from '#src/splits/split';
import type { CompareDocument } from './documents/compare';
import type { ExperimentDocument, ExperimentPlanned } from './documents/experiment';
import { EXPERIMENT_ARMS, EXPERIMENT_CONTROLS, experimentName } from './documents/experiment-plan';
import type { ImportDocument, ImportQuestion, LeftOut } from './documents/import';
import type { RunImportDocument } from './documents/imported-run';
import type { MergeDocument } from './documents/merge';
import type {
  BlindedCase,
  BlindedSession,
  MarksDocument,
  ReadingPreview,
  UnblindedReading,
} from './documents/reading';
import type { LogRecord } from './documents/run';
import type { AuditDocument } from './documents/split';
import type { Failure } from './failure';
import type { Progress } from './progress';

const id = v.pipe(v.number(), v.integer(), v.minValue(1));
const runId = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/u));
const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(80));
const splitName = v.pipe(v.string(), v.regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,79}$/u));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(0.9));
const label = v.object({
  label: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(255)),
  name,
  colour: v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/iu)),
});
/** A patient's name in the project. */
const patient = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const nothing = v.undefined();

const splitPlan = v.object({
  design: v.picklist(['slice', 'scan', 'view', 'patient', 'site', 'condition']),
  folds: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(50))),
  heldOut: v.nullable(share),
  locked: share,
  seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31 - 1)),
});
export type SplitPlan = v.InferOutput<typeof splitPlan>;

const whole = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

/** What a person decides about an experiment in the window. */
const experimentChoices = v.object({
  arms: v.pipe(v.array(v.picklist(EXPERIMENT_ARMS)), v.maxLength(EXPERIMENT_ARMS.length)),
  folds: whole(2, 20),
  repeats: whole(1, 10),
  seeds: v.pipe(v.array(whole(0, 2 ** 31 - 1)), v.maxLength(10)),
  /** Share of the patients in the locked set. */
  locked: share,
  /** Deals the locked set, the folds and the slices. */
  seed: whole(0, 2 ** 31 - 1),
  /** Training slices of every training; null = as many as the smallest training of any arm can have. */
  budget: v.nullable(whole(1, 1_000_000_000)),
  controls: v.pipe(v.array(v.picklist(EXPERIMENT_CONTROLS)), v.maxLength(EXPERIMENT_CONTROLS.length)),
  /** Steps of every training. */
  steps: whole(1, 1_000_000),
});
export type ExperimentChoices = v.InferOutput<typeof experimentChoices>;

export const settingsSchema = v.object({
  theme: v.picklist(['system', 'light', 'dark']),
  /** An import says what it would do before it writes anything. */
  lookFirst: v.optional(v.boolean(), false),
  /** What the painting tools may write over. */
  paintOver: v.optional(v.picklist(PAINT_OVER), 'everything'),
});
export type Settings = v.InferOutput<typeof settingsSchema>;

/** An import of this project; a look that wrote nothing has a negative one. */
const importId = v.pipe(v.number(), v.integer());

/** Which of an import's left-out files are meant, in which order. */
const leftOutQuery = v.object({
  importId,
  /** Part of the path or the reason; '' for all. */
  filter: v.pipe(v.string(), v.maxLength(200)),
  kind: v.picklist(['all', 'image', 'other']),
  /** As {@link ReasonGroup}; null for all. */
  group: v.nullable(v.pipe(v.string(), v.maxLength(2000))),
  sort: v.picklist(['path', '-path', 'reason', '-reason', 'kind', '-kind']),
});
export type LeftOutQuery = v.InferOutput<typeof leftOutQuery>;
const place = v.pipe(v.number(), v.integer(), v.minValue(0));

const scanName = v.pipe(v.string(), v.maxLength(200));
const note = v.pipe(v.string(), v.maxLength(2 * LONGEST_NOTE));
/** What predictions from elsewhere are imported as: the ids of their runs begin with it. */
export const importedName = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,47}$/u));
const readingPlan = v.object({
  runs: v.pipe(v.array(runId), v.minLength(1), v.maxLength(50)),
  questions: v.pipe(v.array(v.picklist(QUESTIONS)), v.minLength(1), v.maxLength(QUESTIONS.length)),
  /** First showings for each question, at most. */
  count: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(1000)),
  repeatShare: v.pipe(v.number(), v.minValue(0), v.maxValue(0.5)),
  seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31 - 1)),
});
const reading = v.object({ session: id });

/** Request schema of every channel. */
export const requests = {
  'app.info': nothing,
  'settings.get': nothing,
  'settings.set': settingsSchema,

  /** Asks for a place with a dialog; null when the person cancels. */
  'project.create': v.object({ name, labels: v.array(label), identities: v.picklist(['sealed', 'plain']) }),
  'project.open': nothing,
  'project.recent': nothing,
  'project.openRecent': v.object({ index: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  /** Creates a project in the app's own folder and imports the shipped Sunnybrook sample. */
  'project.openSample': nothing,
  'project.current': nothing,
  'project.close': nothing,
  'project.setLabels': v.object({ labels: v.array(label) }),

  /** Starts an import of files or folders chosen in a dialog; null when the person cancels. */
  'import.choose': v.object({
    kind: v.picklist(['folder', 'files']),
    /** true: write nothing; without it as the settings say. */
    look: v.optional(v.boolean()),
  }),
  /** Starts an import of dropped items; the preload script turns `File` objects into paths. */
  'import.paths': v.object({ paths: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(10_000)) }),
  'import.last': nothing,
  /** Earlier imports, the newest first. */
  'import.list': nothing,
  'import.show': v.object({ importId }),
  /** One page of the left-out files: a list of any length never crosses at once. */
  'import.leftOut': v.object({
    ...leftOutQuery.entries,
    offset: place,
    count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)),
  }),
  /** Puts one line of the list, or all of them, on the clipboard. */
  'import.copyLeftOut': v.object({ ...leftOutQuery.entries, at: v.nullable(place) }),
  /** Asks where to save and writes the list as CSV; null when the person cancels. */
  'import.saveLeftOut': leftOutQuery,
  /** Starts the same import again with answers to its questions (id to answer); `look` writes nothing. */
  'import.again': v.object({
    importId,
    answers: v.record(v.pipe(v.string(), v.maxLength(100)), v.pipe(v.string(), v.maxLength(100))),
    look: v.boolean(),
  }),
  'job.cancel': v.object({ jobId: id }),

  'library.list': nothing,
  'scan.thumbnail': v.object({ scanId: id }),
  'scan.open': v.object({ scanId: id }),

  /** Patients that look like one person, and what was merged. */
  'person.suggest': nothing,
  'person.merge': v.object({ keep: patient, other: patient }),
  'person.undo': v.object({ mergeId: id }),
  /** These are two people. */
  'person.dismiss': v.object({ first: patient, second: patient }),

  /** Opens the reference mask of a scan for painting, creating an empty one when there is none. */
  'mask.open': v.object({ scanId: id }),
  /** Appends one journal entry (src/masks/journal) and answers when it is on disk. */
  'mask.append': v.object({ maskId: id, entry: v.instance(Uint8Array) }),
  'mask.setStatus': v.object({
    maskId: id,
    status: v.picklist(['to do', 'in progress', 'done', 'second look']),
  }),
  'mask.close': v.object({ maskId: id }),

  'split.list': nothing,
  /** What a split would look like and what it would leak; nothing is stored. */
  'split.preview': splitPlan,
  'split.create': v.object({ name: splitName, plan: splitPlan }),
  'split.show': v.object({ name: splitName }),
  'split.audit': v.object({ name: splitName }),

  'run.list': nothing,
  'run.start': v.object({
    split: splitName,
    folds: v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
    minutes: v.pipe(v.number(), v.minValue(0.1), v.maxValue(100_000)),
    seed: v.pipe(v.number(), v.integer(), v.minValue(0)),
  }),
  'run.stop': v.object({ run: runId }),
  'run.resume': v.object({ run: runId }),
  'run.log': v.object({ run: runId }),
  /**
   * Asks for a folder of predictions that were made elsewhere (and for the file that says who trained, where it is to be
   * chosen) and takes them as runs; null when the person cancels.
   */
  'run.importPredictions': v.object({
    name: importedName,
    trained: v.variant('kind', [
      v.object({ kind: v.literal('split'), split: splitName }),
      v.object({ kind: v.picklist(['file', 'beside', 'nobody']) }),
    ]),
    /** The fold that a single model did not train on; null: there is a folder for each, or no other. */
    fold: v.nullable(whole(0, 1000)),
  }),

  /** Experiments of the project, the newest first. */
  'experiment.list': nothing,
  /** What an experiment would be, cost and could show; nothing is kept. */
  'experiment.draft': experimentChoices,
  /** Keeps the plan; from then on it never changes. */
  'experiment.create': v.object({ name: experimentName, choices: experimentChoices }),
  /** Starts it, or goes on with it; it waits while another one runs. */
  'experiment.start': v.object({ name: experimentName }),
  /** Stops it cleanly: the training under way saves a checkpoint. */
  'experiment.stop': v.object({ name: experimentName }),
  /** How far it is and what it has shown, without the locked set. */
  'experiment.show': v.object({ name: experimentName }),
  /** Writes the look down, scores the locked patients and gives the result with them. */
  'experiment.openLocked': v.object({
    name: experimentName,
    reason: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
  }),
  /** Asks where to save and writes the report; null when the person cancels. */
  'experiment.report': v.object({ name: experimentName, kind: v.picklist(['html', 'pdf']) }),
  /** Opens the report that was saved last with the program that the system has for it. */
  'experiment.openReport': nothing,

  'compare.load': v.object({ run: runId }),
  /** Image, reference and prediction of one scan under one run. */
  'compare.scan': v.object({ run: runId, scan: scanName }),

  /** Notes and marks on the predictions of a run. */
  'mark.list': v.object({ run: runId }),
  /** What the person at this computer thinks of a prediction; null and '' take it back. */
  'mark.set': v.object({ run: runId, scan: scanName, mark: v.nullable(v.picklist(MARKS)), note }),

  'reading.list': nothing,
  /** The session that is being read: all that the window may know until it is paused or finished. */
  'reading.current': nothing,
  /** How many cases a session would have. */
  'reading.preview': readingPlan,
  /** Starts a blinded session: from then on the window is told nothing that says who or what is shown. */
  'reading.start': v.object({
    ...readingPlan.entries,
    /** Without it the person who is logged in on this computer. */
    reader: v.optional(name),
  }),
  'reading.case': v.object({ session: id, number: id }),
  'reading.answer': v.object({
    session: id,
    number: id,
    answer: v.picklist([...MARKS, ...PREFERENCES]),
    seconds: v.pipe(v.number(), v.minValue(0)),
    note,
  }),
  'reading.pause': reading,
  'reading.resume': reading,
  /** Ends a session for good and says what lay behind its cases. */
  'reading.finish': reading,
  /** A finished session. */
  'reading.show': reading,
  /** Asks where to save and writes the cases of a finished session as CSV; null when the person cancels. */
  'reading.save': reading,

  /** Asks where to save and writes the HTML report; null when the person cancels. */
  'report.save': v.object({ run: runId }),
  'engines.list': nothing,
  /** Downloads and builds the TensorFlow engine, as a job. */
  'engines.install': v.object({ kind: v.picklist(['cpu', 'gpu']) }),
} as const;

export type ChannelName = keyof typeof requests;
export type Request<C extends ChannelName> = v.InferOutput<(typeof requests)[C]>;

export interface AppInfo {
  readonly version: string;
  readonly electron: string;
  readonly platform: string;
}

export interface RecentProject {
  readonly index: number;
  readonly name: string;
  /** Folder shown to the person; display only. */
  readonly folder: string;
  readonly openedAt: string;
}

export interface JobStarted {
  readonly jobId: number;
}

export interface ImportEntry {
  readonly importId: number;
  /** ISO 8601 */
  readonly at: string;
}

/** Left-out files whose reasons say the same but for their numbers (which are `…` here). */
export interface ReasonGroup {
  readonly group: string;
  readonly image: boolean;
  readonly count: number;
}

/** An import's report without its long lists: `more…` say how many entries did not fit. */
export interface ImportSummary
  extends
    Pick<ImportDocument, 'patients' | 'studies' | 'scans' | 'masks' | 'files' | 'alreadyPresent' | 'seconds'>,
    ImportEntry {
  /** Nothing has been written. */
  readonly isLook: boolean;
  /** The window knows what was imported and can do it again. */
  readonly canRepeat: boolean;
  readonly phases: number;
  readonly volumes: ImportDocument['volumes'];
  readonly moreVolumes: number;
  readonly warnings: readonly string[];
  readonly moreWarnings: number;
  readonly questions: readonly ImportQuestion[];
  readonly leftOut: { readonly images: number; readonly others: number };
  readonly groups: readonly ReasonGroup[];
  readonly moreGroups: number;
}

/** Part of a list of left-out files; `total` counts those that the query means. */
export interface LeftOutPage {
  readonly total: number;
  readonly rows: readonly LeftOut[];
}

export interface LibraryDocument {
  readonly patients: readonly Patient[];
  readonly scans: readonly Scan[];
}

export interface OpenedScan {
  readonly scan: Scan;
  readonly geometry: Geometry;
  readonly sampleType: SampleType;
  readonly samples: ArrayBuffer;
}

export interface OpenedMask {
  readonly maskId: number;
  readonly status: 'to do' | 'in progress' | 'done' | 'second look';
  /** true when another window holds the mask. */
  readonly readOnly: boolean;
  /** One label number per voxel of the scan's grid as of the last snapshot. */
  readonly labels: Uint8Array;
  /** Journal entries since that snapshot, oldest first (src/masks/journal). */
  readonly entries: readonly Uint8Array[];
}

/** A small picture of the middle slice: 8-bit grey, row-major. */
export interface Thumbnail {
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
}

export interface SplitPreview {
  readonly split: Split;
  readonly audit: AuditDocument;
  /** For every design: patients on both sides, of how many. */
  readonly wouldLeak: readonly { readonly design: string; readonly patients: number; readonly of: number }[];
}

/** What an experiment would be and cost. */
export interface ExperimentDraft extends Omit<ExperimentPlanned, 'schema' | 'name' | 'file'> {
  /** Bytes that it adds to the project. */
  readonly diskBytes: number;
  readonly picture: DesignPicture;
}

/** Whether an experiment is under way; `idle` when it is neither running nor waiting for another one to end. */
export interface ExperimentActivity {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'stopping' | 'idle';
  /** Steps of all trainings together. */
  readonly progress: Progress | null;
  /** Why it ended early, in a sentence; null when it was stopped or is done. */
  readonly failure: string | null;
}

export interface ExperimentEntry {
  readonly name: string;
  /** ISO 8601 */
  readonly createdAt: string;
  readonly trainings: number;
  readonly done: number;
  readonly activity: ExperimentActivity;
}

export interface ExperimentShown {
  readonly document: ExperimentDocument;
  /** ISO 8601 */
  readonly createdAt: string;
  readonly picture: DesignPicture;
}

export interface ComparedVolumes {
  readonly scan: Scan;
  readonly geometry: Geometry;
  readonly sampleType: SampleType;
  readonly samples: ArrayBuffer;
  readonly reference: Uint8Array;
  readonly prediction: Uint8Array;
  /** Slices (k) that no run trained on. */
  readonly probeSlices: readonly number[];
}

/** What was saved of predictions from elsewhere, or the files for which nothing was. */
export type ImportedPredictions =
  | { readonly document: RunImportDocument }
  | { readonly problems: readonly LeftOut[]; readonly files: number };

export interface EngineStatus {
  readonly engine: 'tensorflow' | 'webgpu' | 'wasm';
  readonly available: boolean;
  readonly device: string;
  /** What it is or why it is missing, and what to do. */
  readonly sentence: string;
  /** Why it works less well than this computer could, and what to do; null when it does not. */
  readonly warning: string | null;
}

/** Answer of every channel. */
export interface Responses {
  'app.info': AppInfo;
  'settings.get': Settings;
  'settings.set': Settings;
  'project.create': ProjectSummary | null;
  'project.open': ProjectSummary | null;
  'project.recent': readonly RecentProject[];
  'project.openRecent': ProjectSummary;
  'project.openSample': JobStarted;
  'project.current': ProjectSummary | null;
  'project.close': null;
  'project.setLabels': ProjectSummary;
  'import.choose': JobStarted | null;
  'import.paths': JobStarted;
  'import.last': ImportSummary | null;
  'import.list': readonly ImportEntry[];
  'import.show': ImportSummary;
  'import.leftOut': LeftOutPage;
  'import.copyLeftOut': null;
  'import.saveLeftOut': { readonly file: string } | null;
  'import.again': JobStarted;
  'job.cancel': null;
  'library.list': LibraryDocument;
  'scan.thumbnail': Thumbnail;
  'scan.open': OpenedScan;
  'person.suggest': MergeDocument;
  'person.merge': Merge;
  'person.undo': Merge;
  'person.dismiss': null;
  'mask.open': OpenedMask;
  'mask.append': null;
  'mask.setStatus': null;
  'mask.close': null;
  'split.list': readonly Split[];
  'split.preview': SplitPreview;
  'split.create': Split;
  'split.show': Split;
  'split.audit': AuditDocument;
  'run.list': readonly RunRecord[];
  'run.start': readonly RunRecord[];
  'run.stop': null;
  'run.resume': RunRecord;
  'run.log': readonly LogRecord[];
  'run.importPredictions': ImportedPredictions | null;
  'experiment.list': readonly ExperimentEntry[];
  'experiment.draft': ExperimentDraft;
  'experiment.create': ExperimentEntry;
  'experiment.start': null;
  'experiment.stop': null;
  'experiment.show': ExperimentShown;
  'experiment.openLocked': ExperimentDocument;
  'experiment.report': { readonly file: string } | null;
  'experiment.openReport': null;
  'compare.load': CompareDocument;
  'compare.scan': ComparedVolumes;
  'mark.list': MarksDocument;
  'mark.set': MarksDocument;
  'reading.list': readonly BlindedSession[];
  'reading.current': BlindedSession | null;
  'reading.preview': ReadingPreview;
  'reading.start': BlindedSession;
  'reading.case': BlindedCase;
  'reading.answer': BlindedSession;
  'reading.pause': BlindedSession;
  'reading.resume': BlindedSession;
  'reading.finish': UnblindedReading;
  'reading.show': UnblindedReading;
  'reading.save': { readonly file: string } | null;
  'report.save': { readonly file: string } | null;
  'engines.list': readonly EngineStatus[];
  'engines.install': JobStarted;
}

export type JobResult =
  | { readonly kind: 'import'; readonly summary: ImportSummary }
  | { readonly kind: 'compare'; readonly document: CompareDocument }
  | { readonly kind: 'engines'; readonly engines: readonly EngineStatus[] };

/** What the main process tells the page without being asked. */
export interface Events {
  'job.progress': { readonly jobId: number; readonly progress: Progress };
  'job.done': { readonly jobId: number; readonly result: JobResult };
  'job.failed': { readonly jobId: number; readonly failure: Failure };
  /** A request that reported progress has its answer. */
  'job.ended': { readonly jobId: number };
  'project.changed': ProjectSummary | null;
  'run.changed': RunRecord;
  'run.logged': { readonly run: string; readonly record: LogRecord };
  'experiment.changed': ExperimentActivity;
  /** One more training is done and scored: there is more to show. */
  'experiment.trained': { readonly name: string; readonly done: number; readonly of: number };
}

export type EventName = keyof Events;

/** `window.heldout`: all that the page can reach. */
export interface Bridge {
  invoke<C extends ChannelName>(
    channel: C,
    ...request: Request<C> extends undefined ? [] : [Request<C>]
  ): Promise<import('./failure').Outcome<Responses[C]>>;
  /** Starts an import of dropped files and folders. */
  importDropped(files: readonly unknown[]): Promise<import('./failure').Outcome<JobStarted>>;
  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
}
