import type { AuditDocument, SplitDocument } from '#src/contracts/documents/split';
import { HeldoutError } from '#src/contracts/failure';
import { phaseNames } from '#src/registry/phase-names';
import { wholePatients } from '#src/splits/make-split';
import { SPLIT_DESIGNS, type Split } from '#src/splits/split';
import { auditThoroughly, createSplit, leakByMerging } from '#main/operations/splits';
import type { Project } from '#main/store/project';
import type { Command } from '../command';
import { onePositional } from '../options';
import { projectOption, withProject } from '../project-option';
import { table } from '../table';

/** The split as a document that other programs may rely on. */
function splitDocumentOf(split: Split): SplitDocument {
  return {
    schema: 'heldout.split/1',
    name: split.name,
    design: split.design,
    seed: split.seed,
    folds: split.folds,
    items: split.items.map(({ patient, scan, slices, fold }) => ({
      patient,
      scan,
      slices: slices === null ? null : [slices[0], slices[1]],
      fold,
    })),
  };
}

function foldsTable(split: Split): string {
  const folds = [...new Set(split.items.map(({ fold }) => fold))].sort((a, b) =>
    String(a).localeCompare(String(b), 'en', { numeric: true }),
  );
  return table(
    ['fold', 'patients', 'scans', 'items'],
    folds.map((fold) => {
      const items = split.items.filter((item) => item.fold === fold);
      return [
        typeof fold === 'number' && split.heldOut !== null
          ? fold === 0
            ? '0 (held out)'
            : `${fold} (trains)`
          : String(fold),
        new Set(items.map(({ patient }) => patient)).size,
        new Set(items.map(({ scan }) => scan)).size,
        items.length,
      ];
    }),
  );
}

/** What stands above the listing: the folds, and what a split by view does not hold out as one. */
function summaryOf(split: Split): string[] {
  const whole = split.design === 'view' ? wholePatients(split) : [];
  const patients = new Set(split.items.filter(({ fold }) => fold !== 'locked').map(({ patient }) => patient));
  return [
    foldsTable(split),
    ...(whole.length === 0
      ? []
      : [
          `${whole.length} of ${patients.size} patients have all their views in one fold, so they are held out as a whole: ` +
            `${whole.join(', ')}.`,
        ]),
  ];
}

/** View and phase of each scan, by its name. */
function viewsOf(project: Project): ReadonlyMap<string, string> {
  const scans = project.registry.scans();
  const names = phaseNames(scans);
  return new Map(
    scans.map(({ scan, view }) => [scan, [view, names.get(scan)?.name].filter(Boolean).join(', ')]),
  );
}

/** `heldout split create`: a stored, immutable split. */
export const splitCreate: Command = {
  name: 'split create',
  usage: `NAME --design ${SPLIT_DESIGNS.join('|')} (--held-out 0.3 | --folds 5) [--locked 0.2] [--seed 1] [--stratify …]`,
  summary: 'store a split; it never changes afterwards',
  options: {
    ...projectOption,
    design: { type: 'string' },
    'held-out': { type: 'string' },
    folds: { type: 'string' },
    locked: { type: 'string' },
    seed: { type: 'string' },
    stratify: { type: 'string' },
  },
  async run(invocation) {
    const { options, terminal } = invocation;
    const name = onePositional(invocation.positionals, 'name of the split');
    const heldOut = options.number('held-out', 0.01, 0.9) ?? null;
    const folds = options.integer('folds', 2, 50) ?? null;
    if ((heldOut === null) === (folds === null))
      throw new HeldoutError('usage', 'Give either --held-out SHARE or --folds K, and not both.');
    const stratify = options
      .text('stratify')
      ?.split(',')
      .map((entry) => entry.trim());
    const split = await withProject(invocation, (project) =>
      Promise.resolve(
        createSplit(project, {
          name,
          plan: {
            design: options.choice('design', SPLIT_DESIGNS) ?? 'patient',
            heldOut,
            folds,
            locked: options.number('locked', 0, 0.9) ?? 0,
            seed: options.integer('seed', 0, 2 ** 31 - 1) ?? 1,
            ...(stratify === undefined ? {} : { stratify }),
          },
        }),
      ),
    );
    terminal.document(splitDocumentOf(split));
    if (!terminal.json) summaryOf(split).forEach((line) => terminal.line(line));
    return 0;
  },
};

/** `heldout split show`: the listing. */
export const splitShow: Command = {
  name: 'split show',
  usage: 'NAME',
  summary: 'the listing of a split',
  options: projectOption,
  async run(invocation) {
    const name = onePositional(invocation.positionals, 'name of the split');
    const { split, views, leak } = await withProject(invocation, (project) =>
      Promise.resolve({
        split: project.registry.split(name),
        views: viewsOf(project),
        leak: leakByMerging(project, name),
      }),
    );
    const { terminal } = invocation;
    terminal.document(splitDocumentOf(split));
    if (!terminal.json) {
      summaryOf(split).forEach((line) => terminal.line(line));
      const isByView = split.design === 'view';
      terminal.line(
        table(
          ['patient', 'scan', ...(isByView ? ['view'] : []), 'slices', 'fold'],
          split.items.map((item) => [
            item.patient,
            item.scan,
            ...(isByView ? [views.get(item.scan) ?? ''] : []),
            item.slices === null ? 'all' : item.slices.join('–'),
            String(item.fold),
          ]),
        ),
      );
      if (leak !== null) terminal.line(`LEAK: ${leak}`);
    }
    return 0;
  },
};

/** Pairs that a finding shows to people. */
const SHOWN_PAIRS = 20;

/** The audit as people read it. */
export function describeAudit(audit: AuditDocument): string[] {
  if (audit.findings.length === 0) return [`No leak found in split ${audit.split}.`];
  return audit.findings.flatMap(({ severity, sentence, count, of, pairs }) => [
    `${severity === 'leak' ? 'LEAK' : 'Warning'} (${count} of ${of}): ${sentence}`,
    ...pairs
      .slice(0, SHOWN_PAIRS)
      .map(([heldOut, training]) => `  ${heldOut} is held out, ${training} trains`),
    ...(pairs.length > SHOWN_PAIRS
      ? [`  … and ${pairs.length - SHOWN_PAIRS} more pairs (--json lists them)`]
      : []),
  ]);
}

/** `heldout split audit`: exit 1 when there is a leak. */
export const splitAudit: Command = {
  name: 'split audit',
  usage: 'NAME',
  summary: 'what stands on both sides of a split; exit 1 when there is a leak',
  options: projectOption,
  async run(invocation) {
    const name = onePositional(invocation.positionals, 'name of the split');
    const audit = await withProject(invocation, (project) =>
      auditThoroughly(project, name, invocation.context),
    );
    const { terminal } = invocation;
    terminal.document(audit);
    if (!terminal.json) describeAudit(audit).forEach((line) => terminal.line(line));
    return audit.findings.some(({ severity }) => severity === 'leak') ? 1 : 0;
  },
};
