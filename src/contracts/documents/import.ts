import * as v from 'valibot';

/** A file that was not taken in. `image` is false for what is no image at all. */
export const leftOut = v.object({ path: v.string(), reason: v.string(), image: v.boolean() });
export type LeftOut = v.InferOutput<typeof leftOut>;

/** Something that only a person can decide, with the flag that decides it on the command line. */
const importQuestion = v.object({
  kind: v.string(),
  sentence: v.string(),
  choices: v.array(v.string()),
});

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
