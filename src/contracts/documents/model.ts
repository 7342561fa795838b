import * as v from 'valibot';
import { augmentationConfig, modelConfig, scheduleConfig } from './run';

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u, 'a SHA-256 in hexadecimal'));
const pair = v.tuple([v.number(), v.number()]);

/**
 * `model.json` beside an exported network, version 1: all that another program needs in order to predict as Heldout does,
 * and where the weights come from. Patients go by their codes.
 */
export const modelDocument = v.object({
  schema: v.literal('heldout.model/1'),
  run: v.string(),
  /** The network's file beside this one. */
  file: v.string(),
  format: v.literal('onnx'),
  sha256: v.object({
    /** Of the network's file. */
    file: sha256,
    /** Of the run's own weights, of which it was made. */
    weights: sha256,
  }),
  network: v.object({ kind: v.literal('2-D U-Net'), ...modelConfig.entries, parameters: v.number() }),
  input: v.object({
    name: v.string(),
    type: v.literal('float32'),
    axes: v.tuple([v.literal('batch'), v.literal('channel'), v.literal('row'), v.literal('column')]),
    channels: v.number(),
    /** Rows and columns must be multiples of this. */
    multipleOf: v.number(),
  }),
  output: v.object({
    name: v.string(),
    type: v.literal('float32'),
    /** The batch's axis first, then one probability for each class, then the rows and columns of the input. */
    classes: v.array(v.object({ label: v.number(), name: v.string() })),
  }),
  preprocessing: v.object({
    /** The volume's axis along which slices are taken: k, the slowest; rows run along j and columns along i. */
    sliceAxis: v.literal('k'),
    /** One scale for each volume. */
    intensity: v.object({
      /** Nearest ranks: the value at round(q (n - 1)) of the sorted samples. */
      clipQuantiles: pair,
      /** Every floor(n / mostSamples)-th sample, in the order of the voxels, i fastest; all of fewer. */
      mostSamples: v.number(),
      /** After clipping: minus the mean, through the population standard deviation (1 where that is 0). */
      normalisation: v.literal('z-score'),
      /** The clipped value is rounded to this many equal steps before. */
      steps: v.number(),
    }),
    /** Before the intensities: rows and columns to one spacing, the middle of the slice on the middle of the input. */
    resampling: v.object({
      /** [along columns' axis i, along rows' axis j] in mm. */
      spacing: pair,
      interpolation: v.literal('bilinear'),
      /** Input pixels whose place is a whole pixel outside of the slice get the lower bound. */
      outside: v.literal('low'),
    }),
  }),
  postprocessing: v.object({
    /** Probabilities go back to the slice's grid, clamped at the edges; then the most probable class, the first of equals. */
    interpolation: v.literal('bilinear'),
    /** Labels of which the largest component over faces is kept, in three dimensions; in this order. */
    keepLargest: v.array(v.number()),
  }),
  training: v.object({
    split: v.nullable(v.string()),
    fold: v.nullable(v.number()),
    seed: v.number(),
    steps: v.number(),
    seconds: v.number(),
    /** In bfloat16, Heldout predicts with rounded kernels as well: masks differ from this float32 network in a few voxels. */
    precision: v.picklist(['float32', 'bfloat16']),
    batch: v.number(),
    patch: pair,
    schedule: scheduleConfig,
    augmentation: augmentationConfig,
    patients: v.array(v.string()),
    scans: v.number(),
    /** Patients whom the model has never seen, as far as the run knows. */
    heldOut: v.array(v.string()),
    versions: v.record(v.string(), v.string()),
  }),
});
export type ModelDocument = v.InferOutput<typeof modelDocument>;
