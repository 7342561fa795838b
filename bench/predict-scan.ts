/**
 * Time of predicting a scan of 256 x 256 x 12 with its resampling, normalisation, interpolation back and largest
 * components, in float32 and bfloat16, against PyTorch (bench/predict-scan.py, with scipy) on the same weights. The
 * programs take turns; a ratio is the median over the rounds. Prints a line of JSON.
 *
 *   node bench/run.mjs predict-scan [rounds] [threads]
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { trainingEnvironment } from '#main/training/training-environment';
import { Arena } from '#main/training/ops/arena';
import { unlabelledScan } from '#main/training/run-data';
import { predictSlices } from '#main/training/slice-predictor';
import { loadTensorflow } from '#main/training/tensorflow-binding';
import { affineFromColumns, type Dims } from '#src/imaging/geometry';
import { keepLargestComponent } from '#src/models/components';
import { inputSize } from '#src/models/prediction';
import { normal, randomStream } from '#src/models/random';
import { sizeMultiple } from '#src/models/unet';
import { benchmarkNetwork } from './support/benchmark-network';
import { obeyOrders, startContestant } from './support/contestant';
import { median } from './support/numbers';

const DIMS: Dims = [256, 256, 12];
const SPACING = 1.4;
/** As if most scans were finer: the slice is resampled on its way in, and back. */
const TARGET: [number, number] = [1.25, 1.25];
const REPEATS = 3;

const answer = v.object({ ms: v.array(v.number()) });

/** Noise in which something bright lies; the same in every program. */
function volume() {
  const random = randomStream(4);
  const [nx, ny, nz] = DIMS;
  const samples = Int16Array.from({ length: nx * ny * nz }, (_, voxel) => {
    const x = (voxel % nx) - nx / 2;
    const y = (Math.floor(voxel / nx) % ny) - ny / 2;
    return 200 + (Math.hypot(x, y) < 40 ? 300 : 0) + 40 * normal(random);
  });
  const affine = affineFromColumns([SPACING, 0, 0], [0, SPACING, 0], [0, 0, 8], [0, 0, 0]);
  return { samples, geometry: { dims: DIMS, affine, calibrated: true } };
}

async function contest(rounds: number, threads: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'heldout-predict-scan-'));
  try {
    const arena = new Arena(loadTensorflow(threads));
    const network = benchmarkNetwork(arena, 'float32');
    const { layout } = network;
    const state = network.state();
    const size = inputSize(
      { width: DIMS[0], height: DIMS[1] },
      [SPACING, SPACING],
      TARGET,
      sizeMultiple(layout.model),
    );
    const { parameters, normalisations } = layout;
    const { depth, classes } = layout.model;
    const model = {
      dims: DIMS,
      input: [size.height, size.width],
      depth,
      classes,
      parameters,
      normalisations,
    };
    await writeFile(join(folder, 'model.json'), JSON.stringify(model));
    await writeFile(join(folder, 'weights.bin'), state.weights);
    await writeFile(join(folder, 'statistics.bin'), state.statistics);
    await writeFile(join(folder, 'volume.bin'), volume().samples);

    const ours = (['float32', 'bfloat16'] as const).map((precision) => {
      const args = [process.argv[1] ?? '', 'contestant', precision, String(threads)];
      return startContestant(`heldout ${precision}`, process.execPath, args, trainingEnvironment(threads));
    });
    const script = ['bench/predict-scan.py', folder, String(threads)];
    const torch = startContestant('torch float32', process.env['HELDOUT_TORCH'] ?? 'python3', script);
    const times = new Map<string, number[]>();
    for (let round = -1; round < rounds; round++)
      for (const contestant of [...ours, torch]) {
        const said = v.parse(answer, await contestant.ask(`predict ${REPEATS}`));
        // The first round warms up.
        if (round >= 0) times.set(contestant.name, [...(times.get(contestant.name) ?? []), median(said.ms)]);
      }
    for (const contestant of [...ours, torch]) contestant.end();
    const reference = times.get(torch.name) ?? [];
    const ratio = (name: string) =>
      median((times.get(name) ?? []).map((ms, round) => ms / (reference[round] ?? Number.NaN)));
    console.log(
      JSON.stringify({
        name: 'predict-scan',
        rounds,
        threads,
        medianMs: Object.fromEntries([...times].map(([name, ms]) => [name, Number(median(ms).toFixed(1))])),
        ratios: Object.fromEntries(ours.map(({ name }) => [name, Number(ratio(name).toFixed(3))])),
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compete(precision: 'float32' | 'bfloat16', threads: number): Promise<void> {
  const network = benchmarkNetwork(new Arena(loadTensorflow(threads)), precision);
  const given = volume();
  const slices = Array.from({ length: DIMS[2] }, (_, k) => k);
  await obeyOrders((order) => {
    const ms = Array.from({ length: Number(order.split(' ')[1]) }, () => {
      const start = performance.now();
      const config = { targetSpacing: TARGET, labels: [1, 2, 3] };
      const labels = predictSlices(network, config, unlabelledScan(given), slices);
      for (const label of config.labels) keepLargestComponent(labels, DIMS, label);
      return performance.now() - start;
    });
    return { ms };
  });
}

const [role, second, third] = process.argv.slice(2);
if (role === 'contestant')
  await compete(second === 'bfloat16' ? 'bfloat16' : 'float32', Number(third ?? '2'));
else await contest(Number(role ?? '8'), Number(second ?? '2'));
