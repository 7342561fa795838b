import { HeldoutError } from '#src/contracts/failure';
import { spacingOf } from '#src/imaging/geometry';
import { phaseNames } from '#src/registry/phase-names';
import { leakByMerging } from '#main/operations/splits';
import type { Project } from '#main/store/project';
import type { Command } from '../command';
import { onePositional } from '../options';
import { projectOption, withProject } from '../project-option';
import { table } from '../table';

type Row = Readonly<Record<string, string | number | null>>;

/** What can be listed, each as rows of plain values. */
const lists: Readonly<Record<string, (project: Project) => Row[]>> = {
  patients: (project) => {
    const persons = [...project.registry.persons.personNames()];
    return project.registry.patients().map(({ patient, site, condition, studies, scans }) => ({
      patient,
      site,
      condition,
      studies,
      scans,
      merged:
        persons
          .filter(([, person]) => person === patient)
          .map(([own]) => own)
          .join(' ') || null,
    }));
  },
  scans: (project) => {
    const scans = project.registry.scans();
    const phases = phaseNames(scans);
    return scans.map((scan) => ({
      scan: scan.scan,
      patient: scan.patient,
      description: scan.seriesDescription,
      phase: scan.phase,
      phaseName: phases.get(scan.scan)?.name ?? null,
      view: scan.view,
      matrix: scan.geometry.dims.join(' x '),
      spacing: scan.geometry.calibrated
        ? spacingOf(scan.geometry)
            .map((value) => value.toFixed(2))
            .join(' x ')
        : 'uncalibrated',
      mask: scan.mask?.status ?? null,
    }));
  },
  masks: (project) =>
    project.registry.scans().flatMap((scan) =>
      scan.mask === null
        ? []
        : [
            {
              scan: scan.scan,
              reader: scan.mask.reader,
              status: scan.mask.status,
              labels: Object.keys(scan.mask.voxels).join(' '),
              updated: scan.mask.updatedAt,
            },
          ],
    ),
  splits: (project) =>
    project.registry.splits().map(({ name, design, folds, heldOut, locked, seed }) => ({
      name,
      design,
      folds,
      heldOut,
      locked,
      seed,
      leak: leakByMerging(project, name),
    })),
  runs: (project) =>
    project.registry
      .runs()
      .map(({ id, kind, split, fold, state, step, seconds, precision, fallback, reason }) => ({
        run: id,
        kind: kind ?? 'trained',
        split,
        fold,
        state,
        step,
        seconds: Math.round(seconds),
        precision: precision ?? null,
        reason: reason ?? fallback ?? null,
      })),
};

/** `heldout list`: what is in the project. */
export const list: Command = {
  name: 'list',
  usage: Object.keys(lists).join('|'),
  summary: 'what is in the project',
  options: projectOption,
  async run(invocation) {
    const what = onePositional(invocation.positionals, Object.keys(lists).join(', '));
    const rowsOf = lists[what];
    if (rowsOf === undefined)
      throw new HeldoutError(
        'usage',
        `There is no list of "${what}": choose ${Object.keys(lists).join(', ')}.`,
      );
    const rows = await withProject(invocation, (project) => Promise.resolve(rowsOf(project)));
    const { terminal } = invocation;
    terminal.document({ schema: 'heldout.list/1', [what]: rows });
    if (terminal.json) return 0;
    const header = Object.keys(rows[0] ?? {});
    terminal.line(
      rows.length === 0
        ? `No ${what} yet.`
        : table(
            header,
            rows.map((row) => header.map((key) => row[key] ?? null)),
          ),
    );
    return 0;
  },
};
