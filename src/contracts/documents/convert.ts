import * as v from 'valibot';
import { leftOut } from './import';

/** `heldout convert --json`. Files are relative to `--out`; the affine is 4x4, RAS millimetres. */
export const convertDocument = v.object({
  schema: v.literal('heldout.convert/1'),
  volumes: v.array(
    v.object({
      file: v.string(),
      seriesInstanceUID: v.nullable(v.string()),
      description: v.string(),
      phase: v.nullable(v.number()),
      shape: v.tuple([v.number(), v.number(), v.number()]),
      affine: v.array(v.array(v.number())),
      warnings: v.array(v.string()),
    }),
  ),
  leftOut: v.array(leftOut),
});
export type ConvertDocument = v.InferOutput<typeof convertDocument>;
