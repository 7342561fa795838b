import type { Vector3 } from './geometry';

/**
 * What an image file says about where and when its one slice was acquired: all that the assembly of volumes needs.
 * Absent values are null; lengths are millimetres, times milliseconds.
 */
export interface SliceFacts {
  readonly rows: number;
  readonly columns: number;
  /** Centre of the first pixel, LPS. */
  readonly position: Vector3 | null;
  /** Direction cosines of a row (step of i) and of a column (step of j), LPS. */
  readonly orientation: readonly [Vector3, Vector3] | null;
  /** DICOM's order: [distance between rows (j), distance between columns (i)]. */
  readonly pixelSpacing: readonly [number, number] | null;
  /** Thickness or spacing that the header names; used for a single slice only. */
  readonly sliceThickness: number | null;
  readonly instanceNumber: number | null;
  readonly temporalPosition: number | null;
  readonly triggerTime: number | null;
  readonly acquisitionNumber: number | null;
  /** Of the day. */
  readonly acquisitionTime: number | null;
  readonly contentTime: number | null;
  readonly echoTime: number | null;
  readonly inversionTime: number | null;
  readonly flipAngle: number | null;
  readonly bValue: number | null;
  readonly imageType: string;
  /** Direction of the diffusion gradient, LPS unit vector; null for none (b 0, trace) or unknown. */
  readonly gradient: Vector3 | null;
  /** 'magnitude' | 'phase' | 'real' | 'imaginary' when the file says so, else null. */
  readonly complexPart: 'magnitude' | 'phase' | 'real' | 'imaginary' | null;
}
