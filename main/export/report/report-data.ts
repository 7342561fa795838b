import type { CompareDocument } from '#src/contracts/documents/compare';
import type { ImportedRun } from '#src/contracts/documents/imported-run';
import type { UnblindedReading } from '#src/contracts/documents/reading';
import type { LogRecord, RunConfig } from '#src/contracts/documents/run';
import type { AuditDocument } from '#src/contracts/documents/split';
import type { PredictionMark } from '#src/readers/session';
import type { Label, RunRecord } from '#src/registry/records';
import type { Split } from '#src/splits/split';
import type { Dims } from '#src/imaging/geometry';

/** Everything that a report shows. It holds patient codes only, never identities, paths or descriptions of series. */
export interface ReportData {
  readonly project: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly labels: readonly Label[];
  readonly inProject: { readonly patients: number; readonly scans: number; readonly masks: number };
  readonly run: RunRecord;
  /** Of a training of this project; null for predictions that were made elsewhere, which have `imported`. */
  readonly config: RunConfig | null;
  readonly imported: ImportedRun | null;
  readonly split: Split;
  readonly audit: AuditDocument;
  readonly compare: CompareDocument;
  /** The run itself and, in the crossed design, its companions; by fold. */
  readonly logs: readonly RunLog[];
  readonly worst: readonly WorstScan[];
  /** Notes and marks on this run's predictions. */
  readonly marks: readonly PredictionMark[];
  /** Finished blinded readings that showed predictions of this run, oldest first. */
  readonly readings: readonly UnblindedReading[];
  readonly looks: readonly { readonly at: string; readonly run: string; readonly reason: string }[];
  /** What the numbers rest on, by name: SHA-256 in hexadecimal. */
  readonly hashes: readonly { readonly what: string; readonly sha256: string }[];
}

export interface RunLog {
  readonly run: RunRecord;
  readonly records: readonly LogRecord[];
}

/** The slice of a held-out scan with most wrong voxels, cut to the neighbourhood of the masks. */
export interface WorstScan {
  readonly patient: string;
  readonly scan: string;
  /** What its time position is called (`ED`, `phase 3 of 20`), null when it has none. */
  readonly phase: string | null;
  /** The run that held the patient out. */
  readonly run: string;
  readonly dice: number | null;
  /** 0-based. */
  readonly slice: number;
  readonly slices: number;
  readonly wrongVoxels: number;
  readonly picture: SlicePicture;
}

/** One slice as it is displayed: rows from top to bottom. */
export interface SlicePicture {
  readonly width: number;
  readonly height: number;
  /** Millimetres (or voxels, where the scan is not calibrated) of one pixel, across and down. */
  readonly pixel: readonly [number, number];
  readonly grey: Uint8Array;
  readonly reference: Uint8Array;
  readonly prediction: Uint8Array;
}

/** The image, its two masks and where they lie: what a picture is cut from. */
export interface PictureSource {
  readonly samples: ArrayLike<number>;
  readonly reference: Uint8Array;
  readonly prediction: Uint8Array;
  readonly dims: Dims;
}
