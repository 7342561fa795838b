import * as v from 'valibot';

/** A file that was not taken in. `image` is false for what is no image at all. */
export const leftOut = v.object({ path: v.string(), reason: v.string(), image: v.boolean() });
export type LeftOut = v.InferOutput<typeof leftOut>;

/** Something that only a person can decide. Reports of older versions have questions without an id and answers. */
const importQuestion = v.object({
  /** Stable for the same files: an answer is given to it. */
  id: v.optional(v.string(), ''),
  /** 'two-patients' or 'one-series-per-slice' */
  kind: v.string(),
  sentence: v.string(),
  /** The flags that answer it on the command line. */
  choices: v.array(v.string()),
  answers: v.optional(v.array(v.object({ answer: v.string(), label: v.string() })), []),
});
export type ImportQuestion = v.InferOutput<typeof importQuestion>;

/** `heldout import --json`. `files` counts the files read as images. */
export const importDocument = v.object({
  schema: v.literal('heldout.import/1'),
  patients: v.number(),
  studies: v.number(),
  scans: v.number(),
  masks: v.number(),
  files: v.number(),
  /** Scans and masks that were in the project already. */
  alreadyPresent: v.number(),
  seconds: v.number(),
  volumes: v.array(
    v.object({
      patient: v.string(),
      scan: v.string(),
      description: v.string(),
      phase: v.nullable(v.number()),
      shape: v.tuple([v.number(), v.number(), v.number()]),
      warnings: v.array(v.string()),
    }),
  ),
  warnings: v.array(v.string()),
  leftOut: v.array(leftOut),
  questions: v.array(importQuestion),
});
export type ImportDocument = v.InferOutput<typeof importDocument>;
