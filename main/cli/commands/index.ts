import type { Command } from '../command';
import { compare } from './compare';
import { convert } from './convert';
import { demo } from './demo';
import { doctor } from './doctor';
import { experimentPlan, experimentRun, experimentStatusCommand } from './experiment';
import { exportModelCommand } from './export-model';
import { exportTables } from './export-tables';
import { importCommand } from './import';
import { init } from './init';
import { list } from './list';
import { merge, mergeDismiss, mergeSuggest, mergeUndo } from './merge';
import { metrics } from './metrics';
import { predict } from './predict';
import { readingsExport, readingsList, readingsShow } from './readings';
import { report } from './report';
import { runImport } from './run-import';
import { splitAudit, splitCreate, splitShow } from './split';
import { splitExport, splitImport } from './split-exchange';
import { statistics } from './statistics';
import { train } from './train';

/** Every command, in the order of the main job. */
export const commands: readonly Command[] = [
  demo,
  init,
  importCommand,
  convert,
  list,
  mergeSuggest,
  merge,
  mergeUndo,
  mergeDismiss,
  splitCreate,
  splitShow,
  splitAudit,
  splitExport,
  splitImport,
  train,
  runImport,
  predict,
  metrics,
  compare,
  readingsList,
  readingsShow,
  readingsExport,
  experimentPlan,
  experimentRun,
  experimentStatusCommand,
  report,
  exportModelCommand,
  exportTables,
  statistics,
  doctor,
];
