/** Entry of the import worker thread (built to out/main/import-worker.js). */
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { doTask } from './import-tasks';
import { serveTasks, type ProgressCells } from './serve-tasks';

// An import takes every core, and the window must still be drawn. Only Linux has priorities for single threads; elsewhere
// this would slow the whole program.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
if (parentPort !== null) serveTasks(parentPort, workerData as ProgressCells, doTask);
