import * as v from 'valibot';
import type { LedgerLook } from '#src/experiments/looks';
import type { RunRecord } from '#src/registry/records';
import { SPLIT_DESIGNS, type Split } from '#src/splits/split';
import type { Row } from './database';

const split = v.object({
  name: v.string(),
  design: v.picklist([...SPLIT_DESIGNS]),
  seed: v.number(),
  folds: v.number(),
  heldOut: v.nullable(v.number()),
  locked: v.number(),
  stratify: v.array(v.string()),
  createdAt: v.string(),
  items: v.array(
    v.object({
      patient: v.string(),
      scan: v.string(),
      slices: v.nullable(v.tuple([v.number(), v.number()])),
      fold: v.union([v.number(), v.literal('locked')]),
    }),
  ),
});

const run = v.object({
  id: v.string(),
  kind: v.optional(v.literal('imported')),
  split: v.nullable(v.string()),
  fold: v.nullable(v.number()),
  state: v.picklist(['queued', 'running', 'stopped', 'done', 'failed']),
  createdAt: v.string(),
  step: v.number(),
  seconds: v.number(),
  backend: v.string(),
  precision: v.optional(v.picklist(['float32', 'bfloat16'])),
  fallback: v.optional(v.string()),
  reason: v.nullable(v.string()),
  experiment: v.optional(v.string()),
});

const lockedPatients = v.array(v.string());

/** A stored split, checked. */
export const splitRecord = (text: unknown): Split => v.parse(split, JSON.parse(String(text)));

/** A stored run, checked. */
export const runRecord = (text: unknown): RunRecord => v.parse(run, JSON.parse(String(text)));

/** A stored look at the locked set, checked. */
export const lookRecord = (row: Row): LedgerLook => ({
  at: String(row['at']),
  run: String(row['run']),
  reason: String(row['reason']),
  who: String(row['who']),
  locked: v.parse(lockedPatients, JSON.parse(String(row['locked']))),
  model: String(row['model']),
});
