/** Entry of the import worker thread (built to out/main/import-worker.js). */
import { parentPort, workerData } from 'node:worker_threads';
import { doTask } from './import-tasks';
import { serveTasks, type ProgressCells } from './serve-tasks';

if (parentPort !== null) serveTasks(parentPort, workerData as ProgressCells, doTask);
