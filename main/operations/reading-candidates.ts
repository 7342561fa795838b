import { HeldoutError } from '#src/contracts/failure';
import type { Candidate } from '#src/readers/reading';
import type { Project } from '#main/store/project';
import { readRunFacts } from './run-facts';

/**
 * The predictions of these runs that may be read: of scans outside every locked set. Held-out is a patient of whom the
 * model saw nothing, seen a scan that it trained on; scans in between are left out.
 *
 * @throws HeldoutError `not-found`, `usage` for a run that held nobody out or belongs to an experiment, `conflict` while
 *   it is not finished
 */
export async function readingCandidates(project: Project, runs: readonly string[]): Promise<Candidate[]> {
  const { registry } = project;
  const patientOf = new Map(registry.scans().map(({ scan, patient }) => [scan, patient]));
  const locked = new Set<string>();
  const candidates: Candidate[] = [];
  for (const name of new Set(runs)) {
    const run = registry.run(name);
    if (run.experiment !== undefined || run.split === null || run.fold === null)
      throw new HeldoutError(
        'usage',
        `The run ${name} has no held-out patients to read: choose a run that trained on a split.`,
      );
    if (run.state !== 'done' && run.state !== 'stopped')
      throw new HeldoutError(
        'conflict',
        `The run ${name} is ${run.state}; read it once it is done or stopped.`,
      );
    const { training, source } = await readRunFacts(project, run);
    const predicted =
      source.kind === 'imported' ? new Set(source.imported.predictions.map(({ scan }) => scan)) : null;
    const scans = new Set(training.map(({ scan }) => scan));
    const patients = new Set(training.map(({ scan, patient }) => patientOf.get(scan) ?? patient));
    const { items } = registry.split(run.split);
    for (const { patient, fold } of items) if (fold === 'locked') locked.add(patient);
    for (const scan of new Set(items.map((item) => item.scan))) {
      const patient = patientOf.get(scan);
      if (patient === undefined || predicted?.has(scan) === false) continue;
      if (scans.has(scan)) candidates.push({ patient, scan, run: name, side: 'seen' });
      else if (!patients.has(patient)) candidates.push({ patient, scan, run: name, side: 'heldOut' });
    }
  }
  return candidates.filter(({ patient }) => !locked.has(patient));
}
