import type { CompareDocument } from '#src/contracts/documents/compare';
import type { LogRecord, RunConfig } from '#src/contracts/documents/run';
import { compareSides, type MeasuredScan } from '#src/experiments/compare-sides';
import { crossedScores, type ScanScore } from '#src/experiments/crossed-design';
import { meanDefined, pooledDice, voxelsOfSlices } from '#src/experiments/probe-score';
import { affineFromColumns, type Dims, type Geometry } from '#src/imaging/geometry';
import { compareMasks } from '#src/metrics/compare-masks';
import type { Label, RunRecord } from '#src/registry/records';
import { auditSplit } from '#src/splits/audit-split';
import { keyedHash } from '#src/splits/keyed-hash';
import { makeSplit } from '#src/splits/make-split';
import { probeSlices } from '#src/splits/probe-slices';
import { rolesOf } from '#src/splits/roles';
import type { Split, SplitDesign, SplittableScan } from '#src/splits/split';
import { crossedStatistics } from '#src/statistics/crossed-statistics';
import type { ReportData } from './report-data';
import { slicePicture, worstSlice } from './slice-picture';

/*
 * Report data for tests: spheres for hearts, "predictions" that miss by a seeded amount, less where the patient was
 * seen; everything from there on is measured and compared by the real parts.
 */

const DIMS: Dims = [32, 32, 10];
const GEOMETRY: Geometry = {
  dims: DIMS,
  affine: affineFromColumns([1.5, 0, 0], [0, 1.5, 0], [0, 0, 8], [0, 0, 0]),
  calibrated: true,
};
const LABELS: readonly Label[] = [
  { label: 1, name: 'LV cavity', colour: '#e69f00' },
  { label: 2, name: 'Myocardium', colour: '#56b4e9' },
];
const NUMBERS = LABELS.map(({ label }) => label);

export interface SyntheticPlan {
  readonly patients: number;
  readonly folds: number;
  readonly design: SplitDesign;
  /** How much better a model segments the patients it has met, in voxels of the boundary. */
  readonly familiarity: number;
}

/** A comparison of 8 patients in 4 folds, of which one scan has an empty prediction. */
export function syntheticComparison(): CompareDocument {
  return syntheticReport({ patients: 8, folds: 4, design: 'patient', familiarity: 0.8 }).compare;
}

/** The data of a whole report; `crossed` is there for a split by patient. */
export function syntheticReport(plan: SyntheticPlan): ReportData {
  const scans = cohort(plan.patients);
  const split = makeSplit(scans, {
    name: `by-${plan.design}`,
    design: plan.design,
    folds: plan.folds,
    heldOut: null,
    locked: 0,
    seed: 1,
    createdAt: '2024-03-01T10:00:00Z',
  });
  const audit = auditSplit(split, scans);
  const sides = compareSides(
    measured(split, scans, plan),
    NUMBERS,
    audit.clean ? null : (audit.findings[0]?.sentence ?? null),
  );
  const crossed = plan.design === 'patient' ? crossedOf(split, scans, plan) : null;
  const runs = Array.from({ length: plan.folds }, (_, fold) => record(split, fold));
  const compare: CompareDocument = {
    schema: 'heldout.compare/1',
    run: 'run-0',
    split: split.name,
    fold: 0,
    ...sides,
    crossed,
    verdict: crossed?.statistics.verdict ?? sides.verdict,
  };
  return {
    project: 'Synthetic <hearts> & co',
    createdAt: '2024-03-02T10:00:00Z',
    labels: LABELS,
    inProject: { patients: plan.patients, scans: scans.length, masks: scans.length },
    run: record(split, 0),
    config: configOf(split, scans),
    imported: null,
    split,
    audit,
    compare,
    logs: (crossed ? runs : runs.slice(0, 1)).map((run) => ({ run, records: log(run) })),
    worst: worst(split, scans, plan),
    marks: [],
    readings: [],
    looks: [],
    hashes: [{ what: 'SHA-256 of the split', sha256: 'ab'.repeat(32) }],
  };
}

function cohort(patients: number): SplittableScan[] {
  return Array.from({ length: 2 * patients }, (_, index) => {
    const patient = `P${String(Math.floor(index / 2) + 1).padStart(4, '0')}`;
    return {
      patient,
      scan: `${patient}.${(index % 2) + 1}`,
      view: 'oblique',
      phase: index % 2,
      site: null,
      condition: null,
      slices: DIMS[2],
    };
  });
}

/** Between -1 and 1, the same for the same text. */
function noise(text: string): number {
  return keyedHash(3, text) / 2 ** 52 - 1;
}

/** Cavity and wall as concentric ellipsoids, shifted and scaled by the given amounts (voxels). */
function heart(scan: SplittableScan, shift: number, growth: number): Uint8Array {
  const [nx, ny, nz] = DIMS;
  const labels = new Uint8Array(nx * ny * nz);
  const radius = 6 + 1.5 * noise(`${scan.patient} size`) - 1.5 * (scan.phase ?? 0) + growth;
  for (let k = 1; k < nz - 1; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++) {
        const inPlane = Math.hypot(i - nx / 2 - shift, j - ny / 2);
        const level = 1 - ((k - nz / 2) / nz) ** 2;
        if (inPlane < radius * level) labels[(k * ny + j) * nx + i] = 1;
        else if (inPlane < radius * level + 3) labels[(k * ny + j) * nx + i] = 2;
      }
  return labels;
}

function predicted(scan: SplittableScan, fold: number, held: boolean, plan: SyntheticPlan): Uint8Array {
  if (held && scan.scan === 'P0004.1') return new Uint8Array(DIMS[0] * DIMS[1] * DIMS[2]);
  const difficulty = 1.2 + noise(`${scan.patient} difficulty`);
  const error = difficulty + (held ? plan.familiarity : 0) + 0.2 * noise(`${scan.scan} ${fold}`);
  return heart(scan, error, 0.3 * noise(`${scan.scan} growth`));
}

function measured(split: Split, scans: readonly SplittableScan[], plan: SyntheticPlan): MeasuredScan[] {
  const roles = rolesOf(split, 0, scans, 5);
  const measure = (name: string, side: 'seen' | 'heldOut') =>
    scans
      .filter((scan) => scan.scan === name)
      .map((scan) => ({
        patient: scan.patient,
        side,
        scan: scan.scan,
        ...compareMasks(heart(scan, 0, 0), predicted(scan, 0, side === 'heldOut', plan), {
          dims: DIMS,
          spacing: [1.5, 1.5, 8],
          calibrated: true,
          twoDimensional: false,
        }),
      }));
  return [
    ...roles.seen.flatMap((part) => measure(part.scan, 'seen')),
    ...roles.heldOut.flatMap((part) => measure(part.scan, 'heldOut')),
  ];
}

function crossedOf(
  split: Split,
  scans: readonly SplittableScan[],
  plan: SyntheticPlan,
): CompareDocument['crossed'] {
  const foldOf = new Map(split.items.map((item) => [item.patient, Number(item.fold)]));
  const scores = Array.from({ length: split.folds }, (_, fold) => {
    const entries = scans.map((scan): [string, ScanScore] => {
      const reference = heart(scan, 0, 0);
      const prediction = predicted(scan, fold, foldOf.get(scan.patient) === fold, plan);
      const probes = probeSlices(DIMS[2], 5);
      return [
        scan.scan,
        {
          probe: pooledDice(
            voxelsOfSlices(reference, DIMS, probes),
            voxelsOfSlices(prediction, DIMS, probes),
            NUMBERS,
          ),
          whole: pooledDice(reference, prediction, NUMBERS),
        },
      ];
    });
    return new Map(entries);
  });
  const patients = [...foldOf].map(([patient, fold]) => ({
    patient,
    fold,
    scans: scans.filter((scan) => scan.patient === patient).map((scan) => scan.scan),
  }));
  const { rows, metric, heldOutFold, patients: names } = crossedScores(patients, scores);
  return {
    runs: scores.map((_, fold) => `run-${fold}`),
    patients: rows,
    statistics: crossedStatistics({ metric, heldOutFold, patients: names }),
  };
}

function worst(split: Split, scans: readonly SplittableScan[], plan: SyntheticPlan): ReportData['worst'] {
  return rolesOf(split, 0, scans, 5)
    .heldOut.slice(0, 3)
    .flatMap(({ scan: name }) => scans.filter((scan) => scan.scan === name))
    .map((scan) => {
      const reference = heart(scan, 0, 0);
      const prediction = predicted(scan, 0, true, plan);
      const samples = Float32Array.from(reference, (label, index) => label * 60 + 20 * noise(`${index}`));
      const { slice, wrongVoxels } = worstSlice(reference, prediction, DIMS);
      return {
        patient: scan.patient,
        scan: scan.scan,
        phase: scan.phase === 0 ? 'ED' : null,
        run: 'run-0',
        dice: meanDefined([pooledDice(reference, prediction, NUMBERS)]),
        slice,
        slices: DIMS[2],
        wrongVoxels,
        picture: slicePicture(
          { samples, reference, prediction, dims: DIMS },
          GEOMETRY,
          slice,
          [-20, 140],
          false,
        ),
      };
    });
}

function record(split: Split, fold: number): RunRecord {
  return {
    id: `run-${fold}`,
    split: split.name,
    fold,
    state: 'done',
    createdAt: '2024-03-01T12:00:00Z',
    step: 400,
    seconds: 95,
    backend: 'tensorflow',
    reason: null,
  };
}

function log(run: RunRecord): LogRecord[] {
  return Array.from({ length: 20 }, (_, index) => {
    const seconds = 5 * (index + 1);
    const learned = 1 - Math.exp(-seconds / 25);
    return {
      step: 20 * (index + 1),
      epoch: index,
      seconds,
      loss: 1.3 * Math.exp(-seconds / 30) + 0.08 + 0.01 * noise(`${run.id} ${index}`),
      learningRate: 0.001,
      msPerStep: 240,
      waitShare: 0.02,
      rssMb: 700,
      dice: {
        seen: { '1': 0.93 * learned, '2': 0.85 * learned },
        heldOut: { '1': 0.9 * learned, '2': index === 0 ? null : 0.8 * learned },
      },
    };
  });
}

function configOf(split: Split, scans: readonly SplittableScan[]): RunConfig {
  const roles = rolesOf(split, 0, scans, 5);
  const item = (part: { patient: string; scan: string; slices: readonly number[] }) => ({
    patient: part.patient,
    scan: part.scan,
    slices: [...part.slices],
    voxels: '0'.repeat(64),
    mask: '1'.repeat(64),
  });
  return {
    schema: 'heldout.run/1',
    id: 'run-0',
    split: split.name,
    fold: 0,
    seed: 1,
    model: { base: 16, depth: 4, norm: 'batch', classes: 3, inChannels: 1 },
    batch: 8,
    patch: [128, 128],
    targetSpacing: [1.5, 1.5],
    precision: 'float32',
    backend: 'tensorflow',
    threads: 2,
    schedule: { kind: 'cosine', learningRate: 0.002, minutes: 1.5, epochs: null, stepsPerEpoch: 20 },
    augmentation: {
      rotationDegrees: 20,
      turnedShare: 0,
      scale: [0.85, 1.15],
      shiftFraction: 0.1,
      elasticMm: 3,
      gamma: [0.8, 1.25],
      noise: 0.05,
      mirror: false,
    },
    labels: NUMBERS,
    foregroundShare: 0.5,
    keepLargest: [],
    probeEvery: 5,
    training: roles.training.map(item),
    probes: { seen: roles.probesSeen.map(item), heldOut: roles.probesHeldOut.map(item) },
    versions: { heldout: '0.1.0' },
  };
}
