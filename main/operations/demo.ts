import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';
import type { CompareDocument } from '#src/contracts/documents/compare';
import type { RunRecord } from '#src/registry/records';
import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import type { Launcher } from '#main/jobs/launcher';
import { fileKeyVault } from '#main/store/key-vault';
import { Project } from '#main/store/project';
import { compareRun } from './compare';
import { importPaths } from './import';
import { writeReport } from './report';
import { SAMPLE_LABELS, shippedSample } from './sample';
import { auditStored, createSplit } from './splits';
import { startRun } from './training';

export interface DemoResult {
  readonly project: string;
  readonly report: string;
  readonly runs: readonly string[];
  readonly patients: readonly {
    readonly patient: string;
    readonly heldOut: number | null;
    readonly seen: number | null;
  }[];
  readonly meanHeldOutDice: number | null;
  readonly comparison: CompareDocument;
}

/**
 * The whole main job on the shipped sample, without a display: five patients, each held out once (crossed design).
 *
 * @param request.out folder of the result; a project left there by an earlier demo is replaced
 * @param request.minutes training time of all five runs together
 * @throws conflict when `out` holds something that is not an earlier demo
 */
export async function runDemo(
  request: { readonly out: string; readonly minutes: number },
  context: JobContext,
  launcher: Launcher,
  say: (line: string) => void,
): Promise<DemoResult> {
  const sample = shippedSample();
  const folder = join(request.out, 'sunnybrook.heldout');
  const report = join(request.out, 'report.html');
  await mkdir(request.out, { recursive: true });
  if (existsSync(folder)) await rm(folder, { recursive: true });

  const project = await Project.create(folder, {
    name: 'Sunnybrook sample',
    labels: SAMPLE_LABELS,
    identities: 'sealed',
    keyVault: fileKeyVault(),
  });
  try {
    say('1. Import the sample (DICOM and masks)');
    const imported = await importPaths(project, { paths: [sample] }, context);
    say(
      `   ${imported.patients} patients, ${imported.scans} scans, ${imported.masks} masks from ${imported.files} files in ` +
        `${imported.seconds.toFixed(1)} s`,
    );
    throwIfCancelled(context);

    say('2. Split by patient: five folds, each patient held out once');
    const split = createSplit(project, {
      name: 'by-patient',
      plan: { design: 'patient', folds: imported.patients, heldOut: null, locked: 0, seed: 1 },
    });
    say('3. Audit the split');
    const audit = auditStored(project, split.name);
    say(
      audit.clean ? '   nothing leaks' : audit.findings.map((finding) => `   ${finding.sentence}`).join('\n'),
    );

    const runs: RunRecord[] = [];
    for (let fold = 0; fold < split.folds; fold += 1) {
      throwIfCancelled(context);
      say(
        `4. Train fold ${fold + 1} of ${split.folds} for ${Math.round((request.minutes * 60) / split.folds)} s`,
      );
      const { record, finished } = await startRun(
        project,
        { split: split.name, fold, minutes: request.minutes / split.folds, seed: 1 },
        context,
        launcher,
      );
      if (record.fallback !== undefined) say(`   ${record.fallback}`);
      const run = await finished;
      if (run.state !== 'done')
        throw new HeldoutError(
          'resource',
          run.reason ?? `Training of fold ${fold + 1} ended early; try the demo again.`,
        );
      runs.push(run);
    }

    say('5. Compare held-out with seen');
    const last = runs[runs.length - 1];
    if (last === undefined) throw new HeldoutError('input', 'The sample gave no fold to train.');
    const comparison = await compareRun(project, last.id, context, launcher);
    const patients = (comparison.crossed?.patients ?? []).map(({ patient, heldOutWholeScan, seen }) => ({
      patient,
      heldOut: heldOutWholeScan,
      seen,
    }));
    const scores = patients.flatMap(({ heldOut }) => (heldOut === null ? [] : [heldOut]));
    const meanHeldOutDice =
      scores.length === 0 ? null : scores.reduce((sum, value) => sum + value, 0) / scores.length;
    for (const { patient, heldOut } of patients)
      say(`   ${patient}  held-out Dice ${heldOut?.toFixed(3) ?? 'undefined'}`);
    say(
      `   mean held-out Dice ${meanHeldOutDice?.toFixed(3) ?? 'undefined'} (n = ${scores.length} patients)`,
    );
    say(`   ${comparison.verdict.sentence}`);

    say('6. Report');
    await writeReport(project, last.id, report, context, launcher);
    say(`   ${report}`);
    return { project: folder, report, runs: runs.map(({ id }) => id), patients, meanHeldOutDice, comparison };
  } finally {
    await project.close();
  }
}
