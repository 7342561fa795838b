/**
 * Time of one training step and of one slice's inference in float32 and in bfloat16, against PyTorch channels-last on the
 * same model and shapes (bench/training-step.py; HELDOUT_TORCH names a Python that has torch). All programs take turns,
 * a few steps each, so that a busy machine slows all of them; a ratio is the median over the rounds. Prints a line of
 * JSON.
 *
 *   node bench/run.mjs training-step [rounds] [batch] [size] [threads]
 */
import * as v from 'valibot';
import { trainingEnvironment } from '#main/training/training-environment';
import { Arena } from '#main/training/ops/arena';
import { loadTensorflow } from '#main/training/tensorflow-binding';
import { benchmarkBatch, benchmarkNetwork } from './support/benchmark-network';
import { obeyOrders, startContestant } from './support/contestant';
import { median } from './support/numbers';

/** Steps, and slices, of each program in a round. */
const STEPS = 3;
const SLICES = 8;

const answer = v.object({ ms: v.array(v.number()), peakMemoryMb: v.number() });

async function contest(numbers: readonly number[]): Promise<void> {
  const [rounds = 10, batch = 8, size = 128, threads = 2] = numbers;
  const script = process.argv[1] ?? '';
  const shared = [String(batch), String(size), String(threads)];
  const torch = process.env['HELDOUT_TORCH'] ?? 'python3';
  const precisions = ['float32', 'bfloat16'] as const;
  const contestants = precisions.flatMap((precision) => [
    startContestant(
      `heldout ${precision}`,
      process.execPath,
      [script, 'contestant', precision, ...shared],
      trainingEnvironment(threads),
    ),
    startContestant(`torch ${precision}`, torch, ['bench/training-step.py', precision, ...shared]),
  ]);
  const times = new Map<string, number[]>();
  const memory: Record<string, number> = {};
  for (let round = -1; round < rounds; round++)
    for (const order of [`train ${STEPS}`, `infer ${SLICES}`])
      for (const contestant of contestants) {
        const { ms, peakMemoryMb } = v.parse(answer, await contestant.ask(order));
        memory[contestant.name] = peakMemoryMb;
        // The first round warms up.
        if (round < 0) continue;
        const key = `${order.split(' ')[0] ?? ''} ${contestant.name}`;
        times.set(key, [...(times.get(key) ?? []), median(ms)]);
      }
  for (const contestant of contestants) contestant.end();
  const ratio = (work: string, ours: string, theirs: string) => {
    const mine = times.get(`${work} heldout ${ours}`) ?? [];
    const other = times.get(`${work} torch ${theirs}`) ?? [];
    return Number(median(mine.map((ms, round) => ms / (other[round] ?? Number.NaN))).toFixed(3));
  };
  const ratios = (work: string) => ({
    float32: ratio(work, 'float32', 'float32'),
    bfloat16: ratio(work, 'bfloat16', 'bfloat16'),
    bfloat16ToTorchFloat32: ratio(work, 'bfloat16', 'float32'),
  });
  console.log(
    JSON.stringify({
      name: 'training-step',
      rounds,
      batch,
      size,
      threads,
      medianMs: Object.fromEntries([...times].map(([key, ms]) => [key, Number(median(ms).toFixed(1))])),
      fastestMs: Object.fromEntries([...times].map(([key, ms]) => [key, Number(Math.min(...ms).toFixed(1))])),
      peakMemoryMb: memory,
      ratios: { train: ratios('train'), infer: ratios('infer') },
    }),
  );
}

async function compete(precision: 'float32' | 'bfloat16', numbers: readonly number[]): Promise<void> {
  const [batch = 8, size = 128, threads = 2] = numbers;
  const arena = new Arena(loadTensorflow(threads));
  const network = benchmarkNetwork(arena, precision);
  const data = benchmarkBatch(batch, size);
  const slice = data.images.subarray(0, size * size);
  await obeyOrders((order) => {
    const [work = '', count = ''] = order.split(' ');
    const ms = Array.from({ length: Number(count) }, () => {
      const start = performance.now();
      if (work === 'train') network.train(data, 1e-3);
      else network.predict(slice, [1, size, size, 1]);
      return performance.now() - start;
    });
    // The mean of the loss is read as seldom as a training does.
    if (work === 'train') network.takeMeanLoss();
    return { ms, peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024) };
  });
}

const [role, precision, ...rest] = process.argv.slice(2);
if (role === 'contestant') await compete(precision === 'bfloat16' ? 'bfloat16' : 'float32', rest.map(Number));
else await contest(process.argv.slice(2).map(Number));
