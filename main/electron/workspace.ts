import type { Events } from '#src/contracts/channels';
import { HeldoutError, type Failure } from '#src/contracts/failure';
import type { ProjectSummary } from '#src/registry/records';
import type { Launcher } from '#main/jobs/launcher';
import type { KeyVault } from '#main/store/key-vault';
import { openProject } from '#main/operations/open-project';
import type { Project } from '#main/store/project';
import { isBlind } from './blind-events';
import { ImportReports } from './import-reports';
import type { Dialogs } from './dialogs';
import { Jobs, type Emit } from './jobs';
import type { SettingsFile } from './settings';
import { ExperimentQueue } from './experiment-queue';
import { TrainingQueue } from './training-queue';

/** What the workspace is given by the app. */
export interface Surroundings {
  readonly emit: Emit;
  readonly keyVault: KeyVault;
  readonly launcher: Launcher;
  readonly settings: SettingsFile;
  readonly dialogs: Dialogs;
  /** Throws the page away with all that it holds and loads it again. */
  readonly reload: () => void;
  /** Puts text on the clipboard. */
  readonly copy: (text: string) => void;
  /** A web page as a PDF. */
  readonly printPdf: (page: string) => Promise<Uint8Array>;
  /** Opens a file with the program that the system has for it. */
  readonly openFile: (file: string) => Promise<void>;
  /** Logs a failure; returns what the page may see of it. */
  readonly report: (failure: Failure) => Failure;
  /** The app's own folder, for the sample and for what is dropped before there is a project. */
  readonly ownFolder: string;
}

/** The project that is open, with everything under way in it. */
export class Workspace {
  readonly jobs: Jobs;
  readonly imports = new ImportReports();
  readonly openMasks = new Set<number>();
  /** The blinded session that the window is reading: nothing that could unblind it may reach the window. */
  reading: number | null = null;
  #project: Project | null = null;
  #training: TrainingQueue | null = null;
  #experiments: ExperimentQueue | null = null;

  constructor(readonly around: Surroundings) {
    this.jobs = new Jobs((event, payload) => this.emit(event, payload), around.report);
  }

  /** @throws not-found when no project is open */
  get project(): Project {
    if (this.#project === null)
      throw new HeldoutError('not-found', 'No project is open. Open or create one first.');
    return this.#project;
  }

  /** @throws not-found when no project is open */
  get training(): TrainingQueue {
    if (this.#training === null)
      throw new HeldoutError('not-found', 'No project is open. Open or create one first.');
    return this.#training;
  }

  /** @throws not-found when no project is open */
  get experiments(): ExperimentQueue {
    if (this.#experiments === null)
      throw new HeldoutError('not-found', 'No project is open. Open or create one first.');
    return this.#experiments;
  }

  get summary(): ProjectSummary | null {
    return this.#project?.summary() ?? null;
  }

  emit<E extends keyof Events>(event: E, payload: Events[E]): void {
    if (this.reading === null || isBlind(event)) this.around.emit(event, payload);
  }

  /** From now on the window reads this session: what the page knows until then goes, and no more comes. */
  blind(session: number): void {
    this.reading = session;
    this.around.reload();
  }

  /** Tells the page that counts of the project have changed. */
  changed(): void {
    this.emit('project.changed', this.summary);
  }

  /** Opens a project in place of the present one, which stays open when the new one cannot be opened. */
  async open(folder: string): Promise<ProjectSummary> {
    // The person opened the same one again: it is locked by ourselves.
    if (this.#project?.folder === folder) return this.#project.summary();
    return this.replace(folder, await openProject(folder, this.around.keyVault));
  }

  /** Takes an opened project in place of the present one. */
  async replace(folder: string, project: Project): Promise<ProjectSummary> {
    await this.close();
    this.#project = project;
    this.#training = new TrainingQueue({
      changed: (run) => {
        this.emit('run.changed', run);
        this.changed();
      },
      logged: (run, record) => this.emit('run.logged', { run, record }),
      failed: (failure) => this.around.report(failure),
    });
    this.#experiments = new ExperimentQueue((activity) => this.emit('experiment.changed', activity));
    const summary = project.summary();
    await this.around.settings.addRecent({
      name: summary.name,
      folder,
      openedAt: new Date().toISOString(),
    });
    this.changed();
    return summary;
  }

  /** Closes masks that a page has left open (it was reloaded). */
  async closeMasks(): Promise<void> {
    const left = [...this.openMasks];
    this.openMasks.clear();
    for (const maskId of left) await this.#project?.masks.close(maskId);
  }

  /** Stops what is under way, saves everything and closes the project. */
  async close(): Promise<void> {
    const project = this.#project;
    if (project === null) return;
    await this.jobs.stopAll();
    await this.#training?.close();
    await this.#experiments?.close();
    await this.closeMasks();
    this.#project = null;
    this.#training = null;
    this.#experiments = null;
    this.imports.forget();
    await project.close();
    this.reading = null;
    this.changed();
  }
}
