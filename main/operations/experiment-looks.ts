import { userInfo } from 'node:os';
import type { ExperimentLook } from '#src/contracts/documents/experiment';
import type { ExperimentPlan } from '#src/contracts/documents/experiment-plan';
import { namedLooks } from '#src/experiments/looks';
import type { Project } from '#main/store/project';
import { keyOf } from './result-cache';

/**
 * Writes down that somebody looks at the locked set of an experiment. Called before the score is read: a look that was
 * cut short was a look.
 *
 * @param reason what for, in a few words
 * @param who defaults to the person who is logged in on this computer
 */
export function noteLook(
  project: Project,
  plan: ExperimentPlan,
  reason: string,
  who: string = userInfo().username,
): void {
  project.registry.addLook({ run: plan.name, reason, who, locked: plan.locked, model: modelKey(plan) });
}

/** Every look at any of these locked patients, each called by what it was, oldest first. */
export function looksAt(project: Project, plan: ExperimentPlan): ExperimentLook[] {
  const ledger = project.registry
    .looks()
    .filter(({ locked }) => locked.some((patient) => plan.locked.includes(patient)));
  return namedLooks(ledger);
}

/** Whether the locked set was looked at with exactly these models before. */
export function wasLookedAt(project: Project, plan: ExperimentPlan): boolean {
  return project.registry.looks().some(({ run, model }) => run === plan.name && model === modelKey(plan));
}

/** Equal for plans whose models are the same, whatever the plans are called. */
function modelKey({
  settings,
  arms,
  budget,
  seeds,
  repeats,
  seed,
  probeEvery,
  guardEvery,
  scans,
}: ExperimentPlan): string {
  return keyOf({ settings, arms, budget, seeds, repeats, seed, probeEvery, guardEvery, scans });
}
