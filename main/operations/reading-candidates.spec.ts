import { afterEach, beforeEach, expect, it } from 'vitest';
import { diskProject } from '#main/training/testing/disk-project';
import { predictedRun } from '#main/training/testing/predicted-run';
import { readingCandidates } from './reading-candidates';
import { createSplit } from './splits';

let place: Awaited<ReturnType<typeof diskProject>>;
beforeEach(async () => {
  place = await diskProject(6, 2);
});
afterEach(async () => {
  await place.project.close();
  await place.remove();
});

function split(name: string, design: 'patient' | 'scan', locked: number) {
  return createSplit(place.project, {
    name,
    plan: { design, folds: 2, heldOut: null, locked, seed: 1 },
  });
}

it('every scan of a split by patient is seen or held out, under each run as it was trained', async () => {
  const { project } = place;
  await predictedRun(project, 'run-0', 0);
  await predictedRun(project, 'run-1', 1);
  const { items } = project.registry.split('by-patient');
  const candidates = await readingCandidates(project, ['run-0', 'run-1', 'run-0']);
  expect(candidates).toHaveLength(24);
  for (const { patient, run, side } of candidates) {
    const fold = items.find((item) => item.patient === patient)?.fold;
    expect(side).toBe(run === `run-${fold}` ? 'heldOut' : 'seen');
  }
});

it('no patient that the split of any of the runs has locked', async () => {
  const { project } = place;
  const { items } = split('locked', 'patient', 0.34);
  const locked = new Set(items.filter(({ fold }) => fold === 'locked').map(({ patient }) => patient));
  expect(locked.size).toBe(2);
  await predictedRun(project, 'run-0', 0);
  await predictedRun(project, 'run-1', 0, 'locked');
  const candidates = await readingCandidates(project, ['run-0', 'run-1']);
  expect(new Set(candidates.map(({ run }) => run)).size).toBe(2);
  expect(candidates.filter(({ patient }) => locked.has(patient))).toEqual([]);
});

it('no held-out scan of a patient whose other scan was trained on: it is neither seen nor held out', async () => {
  const { project } = place;
  const { items } = split('by-scan', 'scan', 0);
  await predictedRun(project, 'run-0', 0, 'by-scan');
  const trained = items.filter(({ fold }) => fold !== 0);
  const halves = items.filter(
    ({ patient, fold }) => fold === 0 && trained.some((other) => other.patient === patient),
  );
  expect(halves.length).toBeGreaterThan(0);
  const candidates = await readingCandidates(project, ['run-0']);
  const shown = candidates.map(({ scan }) => scan);
  for (const { scan } of halves) expect(shown).not.toContain(scan);
  expect(candidates.filter(({ side }) => side === 'seen')).toHaveLength(trained.length);
});

it('counts merged patients as the one that they are today', async () => {
  const { project } = place;
  await predictedRun(project, 'run-0', 0);
  const { items } = project.registry.split('by-patient');
  const seen = items.find(({ fold }) => fold === 1)?.patient ?? '';
  const heldOut = items.find(({ fold }) => fold === 0)?.patient ?? '';
  project.registry.persons.merge(seen, heldOut, '');
  const candidates = await readingCandidates(project, ['run-0']);
  // Half of this person was trained on: what is left of it is not held out any more.
  expect(candidates.filter(({ patient }) => patient === seen).map(({ side }) => side)).toEqual([
    'seen',
    'seen',
  ]);
  expect(candidates.some(({ patient }) => patient === heldOut)).toBe(false);
});
