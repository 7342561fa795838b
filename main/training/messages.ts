import type { LogRecord } from '#src/contracts/documents/run';
import type { Failure } from '#src/contracts/failure';

/** From the training process to whoever started it. */
export type FromTraining =
  | { readonly type: 'started'; readonly device: string; readonly resumedAt: number }
  | { readonly type: 'record'; readonly record: LogRecord }
  | { readonly type: 'predicted'; readonly done: number; readonly out: string }
  | { readonly type: 'done' | 'stopped'; readonly step: number; readonly seconds: number }
  | { readonly type: 'tested'; readonly device: string; readonly onGpu: boolean }
  | { readonly type: 'failed'; readonly failure: Failure };

/** One scan to predict: where its voxels are and where the labels go. */
export interface PredictionOrder {
  readonly voxels: string;
  readonly out: string;
}

/** To the training process. */
export type ToTraining =
  { readonly type: 'stop' } | { readonly type: 'predict'; readonly items: readonly PredictionOrder[] };
