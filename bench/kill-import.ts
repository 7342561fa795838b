/**
 * Proves that an import may be killed at any moment: a child imports the sample, and copies of it as other patients, into
 * a fresh project, or into one that earlier kills left half-imported, and is killed at a random moment. The project must open, everything registered in
 * it must be readable and whole, and the same import again must give exactly what an undisturbed one gives. Prints one
 * line of JSON; ends with 1 when anything was lost.
 *
 *   node bench/run.mjs kill-import [--times 50] [--seed 1] [--copies 12]
 */
import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { integerBelow, randomStream } from '#src/models/random';
import { quietContext } from '#main/jobs/context';
import { importPaths } from '#main/operations/import';
import { shippedSample } from '#main/operations/sample';
import type { Project } from '#main/store/project';
import { childArguments, killMoments, say, spread, startChild, untilKilled } from './support/killed-child';
import { median, numberArgument } from './support/numbers';
import { multiplySample } from './support/sample-files';
import { openProject, temporaryWorkplace, type Workplace } from './support/sample-project';

/** Kills in a row on one project at most. */
const LONGEST_CHAIN = 4;

/** Scans of the sample and of each copy. */
const SAMPLE_SCANS = 10;

/** Imports the copies below a folder, and the sample with its masks. */
const importAll = (project: Project, copies: string) =>
  importPaths(project, { paths: [copies, shippedSample()] }, quietContext());

/** The child: opens the project and imports everything. */
async function importInto(folder: string, configFolder: string, copies: string): Promise<void> {
  say({ type: 'ready' });
  const project = await openProject(folder, configFolder);
  await importAll(project, copies);
  await project.close();
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What a project holds, as far as two imports of the same files must agree, and what of it cannot be read. */
interface Content {
  /** One line for each scan: patient, phase, hash of the voxel file, hash of the mask's labels; sorted. */
  readonly scans: readonly string[];
  readonly masks: number;
  readonly unreadable: readonly string[];
}

async function contentOf(project: Project): Promise<Content> {
  const { registry, voxels, masks } = project;
  const scans: string[] = [];
  const unreadable: string[] = [];
  for (const { id, scan, phase, voxels: name } of registry.scans()) {
    try {
      await voxels.get(name);
      if (sha256(await readFile(voxels.path(name))) !== name) unreadable.push(`${scan}: not its voxels`);
      const labels = await masks.labels(id);
      const source = registry.sourcePathOf(id) ?? '';
      scans.push(`${source} ${phase} ${name} ${labels === null ? 'no mask' : sha256(labels)}`);
    } catch (error) {
      unreadable.push(`${scan}: ${String(error)}`);
    }
  }
  return { scans: scans.toSorted(), masks: registry.masks().length, unreadable };
}

/** Files that a killed write left behind. */
async function leftovers(folder: string): Promise<number> {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.tmp')).length;
}

/** What is wrong with a project after a kill, and how far its import had come. */
interface Examined {
  readonly problems: readonly string[];
  readonly scans: number;
  readonly masks: number;
}

/** Opens a copy of the killed project, reads everything and imports again; the project itself stays as it was left. */
async function examine(
  workplace: Workplace,
  name: string,
  copies: string,
  undisturbed: Content,
): Promise<Examined> {
  await cp(workplace.folder(name), workplace.folder('copy'), { recursive: true });
  const problems: string[] = [];
  let found: Content = { scans: [], masks: 0, unreadable: [] };
  try {
    let project = await workplace.open('copy');
    found = await contentOf(project);
    problems.push(...found.unreadable);
    const { leftOut } = await importAll(project, copies);
    problems.push(...leftOut.map(({ path, reason }) => `${path}: ${reason}`));
    await project.close();
    project = await workplace.open('copy');
    const after = await contentOf(project);
    problems.push(...after.unreadable);
    if (JSON.stringify(after) !== JSON.stringify(undisturbed))
      problems.push(`importing again gave ${after.scans.length} scans and ${after.masks} masks, or others`);
    const third = await importAll(project, copies);
    if (third.scans + third.masks > 0)
      problems.push(`a third import added ${third.scans} scans and ${third.masks} masks`);
    await project.close();
  } catch (error) {
    problems.push(String(error));
  }
  await rm(workplace.folder('copy'), { recursive: true });
  return { problems, scans: found.scans.length, masks: found.masks };
}

/** How often each number occurs. */
function tally(numbers: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const number of numbers.toSorted((a, b) => a - b)) counts[number] = (counts[number] ?? 0) + 1;
  return counts;
}

async function main(): Promise<void> {
  const times = numberArgument('times', 50);
  const seed = numberArgument('seed', 1);
  const random = randomStream(seed);
  const workplace = await temporaryWorkplace();
  const copies = join(workplace.root, 'copies');
  const fresh = async () => {
    await rm(workplace.folder('import'), { recursive: true, force: true });
    await (await workplace.create('import')).close();
  };
  const run = (killAfterMs: number | null) =>
    untilKilled(
      startChild([workplace.folder('import'), workplace.configFolder, copies]),
      killAfterMs,
      () => undefined,
    );
  try {
    await multiplySample(copies, numberArgument('copies', 12));
    const durations: number[] = [];
    for (let repeat = 0; repeat < 3; repeat += 1) {
      await fresh();
      durations.push((await run(null)).workedMs);
    }
    const workingMs = median(durations);
    const project = await workplace.open('import');
    const undisturbed = await contentOf(project);
    await project.close();
    const scans = SAMPLE_SCANS * (1 + numberArgument('copies', 12));
    if (
      undisturbed.scans.length !== scans ||
      undisturbed.masks !== SAMPLE_SCANS ||
      undisturbed.unreadable.length > 0
    )
      throw new Error(`an undisturbed import does not give ${scans} scans and ${SAMPLE_SCANS} masks`);

    const kills: number[] = [];
    const examined: Examined[] = [];
    let chain = LONGEST_CHAIN;
    let onHalfImported = 0;
    let finishedBefore = 0;
    let mostLeftovers = 0;
    for (const [index, moment] of killMoments(times, workingMs, seed).entries()) {
      if (integerBelow(random, 2) === 0 || chain >= LONGEST_CHAIN) {
        await fresh();
        chain = 0;
      }
      for (let attempt = 0; kills.length === index; attempt += 1) {
        const { killed } = await run(moment * (1 - 0.02 * attempt));
        if (killed) {
          kills.push(moment);
          if (chain > 0) onHalfImported += 1;
        } else {
          // A half-imported project takes less time than a fresh one.
          finishedBefore += 1;
          await fresh();
          chain = 0;
        }
      }
      chain += 1;
      mostLeftovers = Math.max(mostLeftovers, await leftovers(workplace.folder('import')));
      examined.push(await examine(workplace, 'import', copies, undisturbed));
    }
    const broken = examined.filter(({ problems }) => problems.length > 0);
    for (const { problems } of broken) console.error(problems.join('\n'));
    console.log(
      JSON.stringify({
        name: 'kill-import',
        times: kills.length,
        unreadableProjects: broken.length,
        onHalfImported,
        scansFound: tally(examined.map(({ scans }) => scans)),
        masksFound: tally(examined.map(({ masks }) => masks)),
        mostTemporaryFilesLeft: mostLeftovers,
        workingMs: Math.round(workingMs),
        killsInEachTenth: spread(kills, workingMs),
        finishedBefore,
      }),
    );
    if (broken.length > 0) process.exitCode = 1;
  } finally {
    await workplace.remove();
  }
}

const [folder, configFolder, copies] = childArguments() ?? [];
if (folder === undefined || configFolder === undefined || copies === undefined) await main();
else await importInto(folder, configFolder, copies);
