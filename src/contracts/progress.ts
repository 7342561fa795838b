/**
 * How far a long operation is. Reported at most ten times a second.
 *
 * `total` is null while it is not known; `unit` is a plural noun ("files", "steps", "scans").
 */
export interface Progress {
  readonly done: number;
  readonly total: number | null;
  readonly unit: string;
  readonly message: string;
}
