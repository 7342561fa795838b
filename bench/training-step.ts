/**
 * Time of one training step and of one slice's inference, beside PyTorch's (bench/training-step.py) on the same
 * model and shapes. Prints one line of JSON.
 *
 *   node bench/run.mjs training-step [steps] [batch] [size] [threads]
 */
import { Network } from '#main/training/network';
import { Ops } from '#main/training/ops';
import { loadTensorflow } from '#main/training/tensorflow-binding';
import { initialStatistics, initialWeights } from '#src/models/initial-weights';
import { integerBelow, normal, randomStream } from '#src/models/random';
import { unetLayout } from '#src/models/unet';

const [steps = 30, batch = 8, size = 128, threads = 2] = process.argv.slice(2).map(Number);
const classes = 4;
const layout = unetLayout({ base: 16, depth: 4, norm: 'batch', classes, inChannels: 1 });
const random = randomStream(1);
const pixels = batch * size * size;
const data = {
  images: Float32Array.from({ length: pixels }, () => normal(random)),
  classes: Uint8Array.from({ length: pixels }, () => integerBelow(random, classes)),
  shape: [batch, size, size, 1] as const,
};

const ops = new Ops(loadTensorflow(threads));
const network = new Network(ops, layout, {
  weights: initialWeights(layout, 1),
  firstMoment: new Float32Array(layout.parameterCount),
  secondMoment: new Float32Array(layout.parameterCount),
  statistics: initialStatistics(layout),
  step: 0,
});

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function time(runs: number, work: () => void): number[] {
  return Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
}

time(3, () => {
  network.train(data, 1e-3);
});
const alive = ops.alive;
const training = time(steps, () => {
  network.train(data, 1e-3);
});
const leaked = ops.alive - alive;
const slice = data.images.subarray(0, size * size);
const inference = time(20, () => network.predict(slice, [1, size, size, 1])).slice(5);
console.log(
  JSON.stringify({
    engine: 'tensorflow',
    threads,
    batch,
    size,
    parameters: layout.parameterCount,
    loss: network.takeMeanLoss(),
    leaked,
    stepMedianMs: median(training),
    stepMinimumMs: Math.min(...training),
    inferenceMedianMs: median(inference),
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
