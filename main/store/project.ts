import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { experimentName } from '#src/contracts/documents/experiment-plan';
import { HeldoutError } from '#src/contracts/failure';
import type { Label, ProjectSummary } from '#src/registry/records';
import { explainWriteError } from './atomic-file';
import { Database } from './database';
import type { KeyVault } from './key-vault';
import { MaskStore } from './mask-store';
import {
  checkedLabels,
  newProjectFile,
  readProjectFile,
  writeProjectFile,
  type ProjectFile,
} from './project-file';
import { PredictionMarks } from './prediction-marks';
import { lockProject } from './project-lock';
import { Readings } from './readings';
import { Registry } from './registry';
import { KEY_LENGTH, Seal } from './seal';
import { VoxelStore } from './voxel-store';

/**
 * An open project folder: description, registry, voxel files, masks, runs, readings. One process at a time has it open.
 */
export class Project {
  readonly registry: Registry;
  readonly voxels: VoxelStore;
  readonly masks: MaskStore;
  readonly readings: Readings;
  readonly marks: PredictionMarks;
  #file: ProjectFile;

  private constructor(
    readonly folder: string,
    file: ProjectFile,
    private readonly database: Database,
    key: Uint8Array,
    private readonly keyWarning: string | null,
    private readonly unlock: () => Promise<void>,
  ) {
    this.#file = file;
    this.registry = new Registry(database, new Seal(key), file.identities);
    this.voxels = new VoxelStore(join(folder, 'voxels'));
    this.masks = new MaskStore(join(folder, 'masks'), this.registry, this.voxels);
    this.readings = new Readings(database);
    this.marks = new PredictionMarks(database);
  }

  /**
   * Makes a project folder and opens it.
   *
   * @throws HeldoutError `conflict` when the folder exists and is not empty, `usage` for two labels with one number
   */
  static async create(
    folder: string,
    options: {
      readonly name: string;
      readonly labels: readonly Label[];
      readonly identities: 'sealed' | 'plain';
      readonly keyVault: KeyVault;
    },
  ): Promise<Project> {
    const place = resolve(folder);
    const file = newProjectFile(options.name, options.identities, options.labels);
    if (existsSync(place) && (await readdir(place)).length > 0)
      throw new HeldoutError(
        'conflict',
        `${basename(place)} exists already in ${dirname(place)}: choose another name or folder.`,
      );
    try {
      for (const part of ['voxels', 'masks', 'runs', 'experiments'])
        await mkdir(join(place, part), { recursive: true });
    } catch (error) {
      throw explainWriteError(error, place);
    }
    await options.keyVault.save(file.id, randomBytes(KEY_LENGTH));
    await writeProjectFile(place, file);
    return Project.open(place, { keyVault: options.keyVault });
  }

  /**
   * Opens a project folder.
   *
   * @throws HeldoutError `not-found` when it is none, `conflict` when it is open elsewhere, `input` when it is newer
   *   than this program or damaged, `resource` when this computer does not have its key
   */
  static async open(folder: string, options: { readonly keyVault: KeyVault }): Promise<Project> {
    const place = resolve(folder);
    const file = await readProjectFile(place);
    const key = await options.keyVault.load(file.id);
    if (key === null)
      throw new HeldoutError(
        'resource',
        `The key to the sealed identities of ${basename(place)} is not on this computer: copy it from the one where the project was made.`,
      );
    const unlock = await lockProject(place);
    try {
      const database = Database.open(join(place, 'registry.db'));
      const project = new Project(place, file, database, key, options.keyVault.warning, unlock);
      await project.masks.recover();
      return project;
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  summary(): ProjectSummary {
    const { name, identities, labels } = this.#file;
    return { name, identities, labels, ...this.registry.counts(), keyWarning: this.keyWarning };
  }

  labels(): readonly Label[] {
    return this.#file.labels;
  }

  /** Changes the label set. @throws HeldoutError `usage` when a number stands twice, `conflict` for one that masks hold */
  async setLabels(labels: readonly Label[]): Promise<void> {
    const file = { ...this.#file, labels: checkedLabels(labels) };
    const kept = new Set(file.labels.map(({ label }) => String(label)));
    const masks = this.registry.masks().map(({ voxels }) => Object.keys(voxels));
    const lost = masks.flat().find((label) => !kept.has(label));
    if (lost !== undefined) {
      const holders = masks.filter((held) => held.includes(lost)).length;
      throw new HeldoutError(
        'conflict',
        `Label ${lost} is painted in ${holders === 1 ? 'one mask' : `${holders} masks`}: rename it, or erase it there first.`,
      );
    }
    await writeProjectFile(this.folder, file);
    this.#file = file;
  }

  /** Folder of a run. @throws HeldoutError `usage` for an id that could leave the project */
  runFolder(runId: string): string {
    if (!/^[a-z0-9-]{1,64}$/u.test(runId)) throw new HeldoutError('usage', `"${runId}" is no run.`);
    return join(this.folder, 'runs', runId);
  }

  /** Folder of an experiment. @throws HeldoutError `usage` for a name that could leave the project */
  experimentFolder(name: string): string {
    if (!v.is(experimentName, name))
      throw new HeldoutError(
        'usage',
        `"${name}" is no name of an experiment: use small letters, digits and hyphens, at most 24.`,
      );
    return join(this.folder, 'experiments', name);
  }

  /** Saves what is open and lets go of the folder. */
  async close(): Promise<void> {
    try {
      await this.masks.closeAll();
    } finally {
      this.database.close();
      await this.unlock();
    }
  }
}
