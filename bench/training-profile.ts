/**
 * Where the time of one training step goes: milliseconds for each kind of TensorFlow op, the longest first, for the model
 * of training-step.ts. With `shapes`, each shape of its inputs is told apart. Prints a table.
 *
 *   node bench/run.mjs training-profile [steps] [batch] [size] [threads] [float32|bfloat16] [shapes]
 */
import { Arena } from '#main/training/ops/arena';
import { loadTensorflow, type TensorflowBinding } from '#main/training/tensorflow-binding';
import { benchmarkBatch, benchmarkNetwork } from './support/benchmark-network';

const [steps = 20, batch = 8, size = 128, threads = 2] = process.argv.slice(2, 6).map(Number);
const precision = process.argv[6] === 'bfloat16' ? 'bfloat16' : 'float32';
const tellsShapes = process.argv[7] === 'shapes';

const spent = new Map<string, { ms: number; calls: number }>();
const shapes = new Map<number, readonly number[]>();
const binding = loadTensorflow(threads);
const timed: TensorflowBinding = Object.create(binding, {
  createTensor: {
    value: (...args: Parameters<TensorflowBinding['createTensor']>) => {
      const id = binding.createTensor(...args);
      shapes.set(id, args[0]);
      return id;
    },
  },
  executeOp: {
    value: (...args: Parameters<TensorflowBinding['executeOp']>) => {
      const start = performance.now();
      const results = binding.executeOp(...args);
      const ms = performance.now() - start;
      for (const { id, shape } of results) shapes.set(id, shape);
      const inputs = args[2].map((id) => `[${shapes.get(id)?.join(' ') ?? ''}]`).join(' ');
      const key = tellsShapes ? `${args[0]} ${inputs.slice(0, 100)}` : args[0];
      const entry = spent.get(key) ?? { ms: 0, calls: 0 };
      spent.set(key, { ms: entry.ms + ms, calls: entry.calls + 1 });
      return results;
    },
  },
}) as TensorflowBinding;

const network = benchmarkNetwork(new Arena(timed), precision);
const data = benchmarkBatch(batch, size);
for (let step = 0; step < 3; step++) network.train(data, 1e-3);
spent.clear();
const start = performance.now();
for (let step = 0; step < steps; step++) network.train(data, 1e-3);
const total = (performance.now() - start) / steps;
const rows = [...spent].sort(([, a], [, b]) => b.ms - a.ms);
const inOps = rows.reduce((sum, [, { ms }]) => sum + ms, 0) / steps;
console.log(`${total.toFixed(1)} ms for a step, ${inOps.toFixed(1)} of them in ${rows.length} kinds of op`);
for (const [name, { ms, calls }] of rows.slice(0, 60))
  console.log(`${(ms / steps).toFixed(2).padStart(8)} ms ${String(calls / steps).padStart(5)} x ${name}`);
