import type { ModelDocument } from '#src/contracts/documents/model';

/** What lies in the folder of an exported model, for whoever gets it: Markdown. */
export function modelReadme(model: ModelDocument): string {
  const { run, file, network, input, output, preprocessing, postprocessing, training } = model;
  const { resampling, intensity } = preprocessing;
  const [x, y] = resampling.spacing.map((side) => Number(side.toFixed(4)));
  const [low, high] = intensity.clipQuantiles.map((share) => Number((100 * share).toFixed(2)));
  const classes = output.classes.map(({ label, name }) => `${label} ${name}`).join(', ');
  const largest = postprocessing.keepLargest.length;
  return `# ${run}

A ${network.kind} (${network.parameters.toLocaleString('en')} parameters) trained with Heldout. It labels the slices of a
volume, one by one: ${classes}. It is no medical device: look at every mask before anything depends on it.

- \`${file}\`: the network, float32, for any ONNX runtime (operator set 17). Input \`${input.name}\` [batch, ${input.channels}, rows, columns], rows and
  columns multiples of ${input.multipleOf}; output \`${output.name}\` [batch, ${output.classes.length}, rows, columns].
- \`model.json\`: everything around the network, with its numbers, and where the weights come from.
- \`predict.py\`: that description, carried out: \`python predict.py SCAN.nii.gz MASK.nii.gz\` (needs onnxruntime, numpy,
  scipy and nibabel).

## From a scan to a mask

1. Take the slices along the third axis (k). Rows run along j, columns along i.
2. Over the whole volume, take the ${low} % and ${high} % quantiles of the samples; clip to them; subtract the mean and divide by the
   standard deviation of what is left.
3. Resample each slice bilinearly to ${String(x)} x ${String(y)} mm, its middle on the middle of the input, which is filled up to a multiple
   of ${input.multipleOf} with the lower bound.
4. Run the network. Bring the probabilities back to the slice's own grid bilinearly and take the most probable class.
5. ${largest === 0 ? 'Nothing is cleaned up afterwards.' : `Of ${largest === 1 ? 'label' : 'each of the labels'} ${postprocessing.keepLargest.join(', ')}, keep the largest connected component of the volume (over faces).`}

## Where it comes from

Trained for ${training.steps.toLocaleString('en')} steps on ${training.scans} scans of ${training.patients.length} patients: ${training.patients.join(', ')}.
${training.heldOut.length === 0 ? 'Nobody was held out: there is no score of this model on patients that it has not seen.' : `Held out, and never seen by it: ${training.heldOut.join(', ')}. Only their scores say what to expect of new patients.`}
${
  training.precision === 'bfloat16'
    ? '\nHeldout trained it in bfloat16 and predicts with it so; this network is float32. Their masks differ in a few voxels at the\nborders.\n'
    : ''
}`;
}
