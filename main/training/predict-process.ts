import { HeldoutError } from '#src/contracts/failure';
import { keepLargestComponent } from '#src/models/components';
import { unetLayout } from '#src/models/unet';
import { readVoxelFile, writeVoxelFile } from '#main/store/voxel-file';
import type { PredictionOrder } from './messages';
import { readModelFile } from './model-file';
import { Network } from './network';
import { unlabelledScan } from './run-data';
import { readRunConfig, weightsFile } from './run-folder';
import { openEngine } from './run-process';
import { predictSlices } from './slice-predictor';

/**
 * Predicts scans with a run's weights: for each order, reads a voxel file and writes its labels (uint8, same grid).
 *
 * @param onPredicted called after each, with the number done
 */
export async function predictOrders(
  folder: string,
  orders: readonly PredictionOrder[],
  shouldStop: () => boolean,
  onPredicted: (done: number, out: string) => void,
): Promise<void> {
  const config = await readRunConfig(folder);
  const file = weightsFile(folder);
  if (file === null)
    throw new HeldoutError('not-found', `Run ${config.id} has no weights yet: train it for a while first.`);
  const { state } = await readModelFile(file);
  const { arena } = openEngine(config.threads, config.precision);
  const network = new Network(arena, unetLayout(config.model), state, config.precision);
  let done = 0;
  for (const { voxels, out } of orders) {
    if (shouldStop()) break;
    const volume = await readVoxelFile(voxels);
    const slices = Array.from({ length: volume.geometry.dims[2] }, (_, k) => k);
    const labels = predictSlices(network, config, unlabelledScan(volume), slices);
    for (const label of config.keepLargest) keepLargestComponent(labels, volume.geometry.dims, label);
    await writeVoxelFile(out, { samples: labels, geometry: volume.geometry });
    done += 1;
    onPredicted(done, out);
  }
  network.dispose();
  arena.close();
}
