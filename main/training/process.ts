/**
 * Entry of the training process: `train RUN_FOLDER VOXELS_FOLDER`, `predict RUN_FOLDER` or `test THREADS PRECISION`.
 *
 * The same file runs under Node's fork, in Electron's utilityProcess, and once more in each feeding worker.
 */
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { HeldoutError, toFailure } from '#src/contracts/failure';
import { serveBatches, type FeedingOrder } from './batch-feeder';
import type { FromTraining, PredictionOrder } from './messages';
import { parentChannel } from './parent-channel';
import { predictOrders } from './predict-process';
import { openEngine, trainRun } from './run-process';

/** Time for the last message to leave before the process ends. */
const FAREWELL_MS = 50;

if (!isMainThread && parentPort !== null) serveBatches(workerData as FeedingOrder, parentPort);
else void main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const channel = parentChannel();
  let stopping = false;
  let orders: (items: readonly PredictionOrder[]) => void = () => undefined;
  const ordered = new Promise<readonly PredictionOrder[]>((resolve) => {
    orders = resolve;
  });
  const stop = () => {
    stopping = true;
    orders([]);
  };
  channel.onMessage((message) => {
    if (message.type === 'stop') stop();
    else orders(message.items);
  });
  channel.onGone(stop);
  // Ctrl+C reaches the whole process group; the parent decides, but nothing is lost either way.
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  let last: FromTraining;
  try {
    last = await run(
      args,
      () => stopping,
      ordered,
      (message) => {
        channel.send(message);
      },
    );
  } catch (error) {
    last = { type: 'failed', failure: toFailure(error) };
  }
  channel.send(last);
  // A failure that was told is no crash.
  setTimeout(() => process.exit(0), FAREWELL_MS);
}

async function run(
  args: readonly string[],
  shouldStop: () => boolean,
  ordered: Promise<readonly PredictionOrder[]>,
  send: (message: FromTraining) => void,
): Promise<FromTraining> {
  const [mode, first = '', second = ''] = args;
  switch (mode) {
    case 'train': {
      const startFeeder = (order: FeedingOrder) =>
        new Worker(fileURLToPath(import.meta.url), { workerData: order });
      const { state, step, seconds } = await trainRun(first, second, { send, shouldStop, startFeeder });
      return { type: state, step, seconds };
    }
    case 'predict': {
      const items = await ordered;
      let done = 0;
      await predictOrders(first, items, shouldStop, (count, out) => {
        done = count;
        send({ type: 'predicted', done, out });
      });
      return { type: done === items.length && !shouldStop() ? 'done' : 'stopped', step: done, seconds: 0 };
    }
    case 'test': {
      const precision = second === 'bfloat16' ? 'bfloat16' : 'float32';
      const { device, onGpu } = openEngine(Number(first), precision);
      return { type: 'tested', device, onGpu };
    }
    default:
      throw new HeldoutError('usage', `The training process knows no mode ${String(mode)}.`);
  }
}
