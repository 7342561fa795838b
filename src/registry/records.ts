import type { Geometry } from '#src/imaging/geometry';
import type { View } from '#src/imaging/view';
import type { SampleType } from '#src/imaging/volume';

/**
 * What the registry knows, without identities: these records may be shown, logged and exported. Names, birth
 * dates and the hospital's ids are sealed in the store and have no field here.
 */
export interface Patient {
  readonly id: number;
  /** `P0001` … in a sealed project, the patient's own id in a plain one. Unique in the project. */
  readonly patient: string;
  readonly site: string | null;
  readonly condition: string | null;
  readonly studies: number;
  readonly scans: number;
}

/** Two patients that were found to be one person. */
export interface Merge {
  readonly id: number;
  /** ISO 8601. */
  readonly at: string;
  /** The patient that stands for both. */
  readonly kept: string;
  readonly merged: string;
  /** Names of the scans that went to `kept` then; they keep their names. */
  readonly scans: readonly string[];
  /** Who merged them and why, as a person wrote it; '' for nothing. */
  readonly reason: string;
  /** ISO 8601; null while it counts. */
  readonly undoneAt: string | null;
}

/** One volume of one series at one phase. */
export interface Scan {
  readonly id: number;
  /** Unique in the project and stable: `<patient>.<ordinal>`, for instance `P0001.2`. */
  readonly scan: string;
  readonly patientId: number;
  readonly patient: string;
  readonly studyId: number;
  /** Scans of one series (its phases, echoes, stacks) share it: the id of the first of them. */
  readonly seriesId: number;
  readonly seriesDescription: string;
  readonly modality: string;
  /** 0-based time position within the series, null for a series without phases. */
  readonly phase: number | null;
  readonly view: View;
  readonly geometry: Geometry;
  readonly sampleType: SampleType;
  /** SHA-256 (hex) that names the voxel file. */
  readonly voxels: string;
  /** Display window [low, high] in sample values. */
  readonly window: readonly [number, number];
  readonly invertDisplay: boolean;
  readonly warnings: readonly string[];
  /** The reference mask, when there is one. */
  readonly mask: MaskSummary | null;
}

export type MaskStatus = 'to do' | 'in progress' | 'done' | 'second look';

/** Labels painted on one scan by one reader. */
export interface MaskSummary {
  readonly id: number;
  readonly scanId: number;
  readonly reader: string;
  readonly status: MaskStatus;
  /** Voxels per label number, background left out. */
  readonly voxels: Readonly<Record<string, number>>;
  readonly updatedAt: string;
}

/** One entry of the project's label set; `label` 1 to 255. */
export interface Label {
  readonly label: number;
  readonly name: string;
  /** `#rrggbb` */
  readonly colour: string;
}

/** A project as its head shows it. */
export interface ProjectSummary {
  readonly name: string;
  readonly identities: 'sealed' | 'plain';
  readonly labels: readonly Label[];
  readonly patients: number;
  readonly studies: number;
  readonly scans: number;
  readonly masks: number;
  readonly splits: number;
  readonly runs: number;
  /** A sentence when identities are protected by a key file only (no keychain), else null. */
  readonly keyWarning: string | null;
}

export type RunState = 'queued' | 'running' | 'stopped' | 'done' | 'failed';

/** One training, or the predictions that a model made elsewhere. */
export interface RunRecord {
  readonly id: string;
  /** Without it a training of this project. */
  readonly kind?: 'imported' | undefined;
  readonly split: string | null;
  /** The fold held out; null when the run trained on everything (`--all`). */
  readonly fold: number | null;
  readonly state: RunState;
  readonly createdAt: string;
  readonly step: number;
  readonly seconds: number;
  readonly backend: string;
  /** What it computes in; runs of earlier versions say it in their config only. */
  readonly precision?: 'float32' | 'bfloat16' | undefined;
  /** Why that is not the precision that this computer should be fastest in, for people. */
  readonly fallback?: string | undefined;
  /** Why it failed or stopped, for people. */
  readonly reason: string | null;
  /** The experiment that it belongs to: its slices come from a plan and not from a split. */
  readonly experiment?: string | undefined;
}
