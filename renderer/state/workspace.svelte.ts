import type { EngineStatus, ImportSummary, RecentProject, Settings } from '#src/contracts/channels';
import type { PaintOver } from '#src/masks/paint-over';
import { phaseNames } from '#src/registry/phase-names';
import type { BlindedSession } from '#src/contracts/documents/reading';
import type { Patient, ProjectSummary, Scan } from '#src/registry/records';
import type { Split } from '#src/splits/split';
import { HeldoutError } from '#src/contracts/failure';
import type { Progress } from '#src/contracts/progress';
import { call, importDropped, listen } from './bridge';
import { afterPaint } from './after-paint';
import { experiments } from './experiments.svelte';
import { attempt, toasts } from './toasts.svelte';
import { training } from './training.svelte';

export type Screen = 'library' | 'annotate' | 'split' | 'train' | 'compare' | 'reading' | 'experiment';

/** What an operation under way says of itself. */
export interface ShownJob {
  readonly jobId: number;
  readonly title: string;
  readonly progress: Progress | null;
}

/** The open project as the screens share it, and which screen is shown. */
class Workspace {
  isReady = $state(false);
  screen = $state<Screen>('library');
  project = $state<ProjectSummary | null>(null);
  recent = $state.raw<readonly RecentProject[]>([]);
  settings = $state.raw<Settings>({ theme: 'system', lookFirst: false, paintOver: 'everything' });
  patients = $state.raw<readonly Patient[]>([]);
  scans = $state.raw<readonly Scan[]>([]);
  /** What the time positions are called, by the scan's name. */
  readonly phases = $derived(phaseNames(this.scans));
  splits = $state.raw<readonly Split[]>([]);
  engines = $state.raw<readonly EngineStatus[] | null>(null);
  importReport = $state.raw<ImportSummary | null>(null);
  /** The report's questions are shown before it. */
  isAsking = $state(false);
  /** Labels that no painting tool takes a voxel from, while the project is open. */
  locked = $state.raw<ReadonlySet<number>>(new Set());
  /** The scan that the annotation screen shows. */
  scanId = $state<number | null>(null);
  job = $state.raw<ShownJob | null>(null);
  /** The blinded session that this page reads. Such a page never asks who is in the project. */
  reading = $state.raw<BlindedSession | null>(null);
  #refreshing: Promise<void> | null = null;
  #again = false;

  /** Loads everything and follows the main process from then on. */
  async start(): Promise<void> {
    listen('project.changed', (project) => {
      if (project === null || this.project === null) this.screen = 'library';
      if (project?.name !== this.project?.name) this.locked = new Set();
      this.project = project;
      void this.#refreshSoon();
    });
    listen('job.progress', ({ jobId, progress }) => {
      // One job at a time is shown: the one that the person began, or the first to say something.
      if (this.job !== null && this.job.jobId !== jobId) return;
      this.job = { jobId, title: this.job?.jobId === jobId ? this.job.title : progress.message, progress };
    });
    listen('job.done', ({ jobId, result }) => {
      this.#ended(jobId);
      if (result.kind === 'import') this.#reported(result.summary);
      if (result.kind === 'engines') this.engines = result.engines;
      void this.#refreshSoon();
    });
    listen('job.failed', ({ jobId, failure }) => {
      this.#ended(jobId);
      if (failure.code === 'cancelled') toasts.info(failure.sentence);
      else toasts.error(new HeldoutError(failure.code, failure.sentence));
      void this.refresh();
    });
    listen('job.ended', ({ jobId }) => this.#ended(jobId));
    training.follow();
    experiments.follow();
    await attempt(async () => {
      [this.settings, this.project] = await Promise.all([call('settings.get'), call('project.current')]);
      this.reading = this.project === null ? null : await call('reading.current');
      await this.refresh();
    });
    this.isReady = true;
  }

  /** Reads lists again; calls during one are put together into one more. */
  async refresh(): Promise<void> {
    if (this.#refreshing !== null) {
      this.#again = true;
      return this.#refreshing;
    }
    this.#refreshing = attempt(() => this.#read()).then(() => undefined);
    await this.#refreshing;
    this.#refreshing = null;
    if (this.#again) {
      this.#again = false;
      await this.refresh();
    }
  }

  /** An import's report is drawn before thousands of scans come in behind it: together they would hold the window up. */
  async #refreshSoon(): Promise<void> {
    await afterPaint();
    await this.refresh();
  }

  async #read(): Promise<void> {
    this.project = await call('project.current');
    if (this.project === null) this.reading = null;
    if (this.reading !== null) return;
    if (this.project === null) {
      this.recent = await call('project.recent');
      this.patients = [];
      this.scans = [];
      this.splits = [];
      this.scanId = null;
      this.importReport = null;
      training.forget();
      experiments.forget();
      return;
    }
    const [library, splits] = await Promise.all([call('library.list'), call('split.list')]);
    this.patients = library.patients;
    this.scans = library.scans;
    this.splits = splits;
    await Promise.all([training.load(), experiments.load()]);
  }

  async importFiles(files: readonly File[]): Promise<void> {
    await attempt(async () => this.#started(await importDropped(files), 'Importing'));
  }

  async chooseImport(kind: 'folder' | 'files'): Promise<void> {
    await attempt(async () => {
      const started = await call('import.choose', { kind });
      if (started !== null) this.#started(started.jobId, 'Importing');
    });
  }

  /** Shows the report of an earlier import; of the last one without an id. */
  async showImport(importId: number | null): Promise<void> {
    const summary = await attempt(() =>
      importId === null ? call('import.last') : call('import.show', { importId }),
    );
    if (summary != null) this.importReport = summary;
    else if (summary === null) toasts.info('Nothing has been imported into this project yet.');
  }

  /** Does the import of the report again, with answers to its questions; `look` writes nothing. */
  async importAgain(answers: Readonly<Record<string, string>>, look: boolean): Promise<void> {
    const { importReport } = this;
    if (importReport === null) return;
    const { importId } = importReport;
    await attempt(async () => {
      const { jobId } = await call('import.again', { importId, answers: { ...answers }, look });
      this.#started(jobId, look ? 'Looking' : 'Importing');
    });
  }

  async openSample(): Promise<void> {
    await attempt(async () =>
      this.#started((await call('project.openSample')).jobId, 'Importing the sample'),
    );
  }

  async installEngine(kind: 'cpu' | 'gpu'): Promise<void> {
    await attempt(async () =>
      this.#started((await call('engines.install', { kind })).jobId, 'Installing TensorFlow'),
    );
  }

  async cancelJob(): Promise<void> {
    const { job } = this;
    if (job !== null) await attempt(() => call('job.cancel', { jobId: job.jobId }));
  }

  async set(part: Partial<Settings>): Promise<void> {
    await attempt(async () => {
      this.settings = await call('settings.set', { ...this.settings, ...part });
    });
  }

  /** Chooses what the painting tools may write over; without a rule no label is locked. */
  async setPaintOver(paintOver: PaintOver): Promise<void> {
    if (paintOver === 'everything') this.locked = new Set();
    await this.set({ paintOver });
  }

  /** Locks a label or lets go of it; a first lock makes the tools keep to it. */
  async toggleLock(label: number): Promise<void> {
    const others = [...this.locked].filter((each) => each !== label);
    this.locked = new Set(this.locked.has(label) ? others : [...others, label]);
    if (this.locked.size > 0 && this.settings.paintOver === 'everything')
      await this.set({ paintOver: 'unlocked' });
  }

  /** Pauses the blinded session; what else is in the project may be seen again. @throws HeldoutError */
  async pauseReading(): Promise<void> {
    if (this.reading === null) return;
    await call('reading.pause', { session: this.reading.session });
    await this.readingEnded();
  }

  /** The page is no longer blinded. */
  async readingEnded(): Promise<void> {
    this.reading = null;
    this.screen = 'reading';
    await this.refresh();
  }

  /** Opens a scan for painting. */
  annotate(scanId: number): void {
    this.scanId = scanId;
    this.screen = 'annotate';
  }

  #started(jobId: number, title: string): void {
    this.importReport = null;
    this.job = { jobId, title, progress: null };
  }

  #reported(summary: ImportSummary): void {
    this.importReport = summary;
    this.isAsking = summary.canRepeat && summary.questions.some(({ answers }) => answers.length > 0);
  }

  #ended(jobId: number): void {
    if (this.job?.jobId === jobId) this.job = null;
  }
}

export const workspace = new Workspace();
