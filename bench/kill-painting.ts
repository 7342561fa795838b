/**
 * Proves that painting loses nothing when the program is killed: a child paints in the masks of the sample as the app
 * does (several masks, strokes, undo, redo, strokes that are still being saved when their mask is closed or opened
 * again) and is killed at a random moment. Every stroke that had been acknowledged must be there, nothing but whole
 * strokes in order, and undo must go on from there. Prints one line of JSON; ends with 1 when anything was lost.
 *
 *   node bench/run.mjs kill-painting [--times 50] [--seed 1]
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { OpenedMask } from '#src/contracts/channels';
import { spacingOf, type Geometry, type Vector3 } from '#src/imaging/geometry';
import { LabelMap, type Brush } from '#src/masks/label-map';
import { integerBelow, randomStream, uniform, type Random } from '#src/models/random';
import { quietContext } from '#main/jobs/context';
import { importPaths } from '#main/operations/import';
import { shippedSample } from '#main/operations/sample';
import type { Project } from '#main/store/project';
import { childArguments, killMoments, say, spread, startChild, untilKilled } from './support/killed-child';
import { numberArgument } from './support/numbers';
import { openProject, temporaryWorkplace } from './support/sample-project';

/** How often a child opens a mask, and how often it paints in it each time. */
const OPENINGS = 14;
const STROKES = 15;
/** Masks that are painted in: few, so that they are opened again and again. */
const SCANS = 4;

const message = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('opened'), mask: v.number(), labels: v.string() }),
  v.object({
    type: v.literal('painted'),
    mask: v.number(),
    stroke: v.number(),
    labels: v.string(),
    undone: v.nullable(v.string()),
  }),
  v.object({ type: v.literal('saved'), mask: v.number(), stroke: v.number() }),
]);
type Message = v.InferOutput<typeof message>;

function mapOf(opened: OpenedMask, geometry: Geometry): LabelMap {
  const map = new LabelMap(opened.labels, geometry.dims);
  for (const entry of opened.entries) map.replay(entry);
  return map;
}

const hashOf = ({ labels }: LabelMap) => createHash('sha256').update(labels).digest('hex');

/** Hash of the labels after one more undo; null when there is nothing to undo. The map stays as it is. */
function undoneHash(map: LabelMap): string | null {
  if (map.undo() === null) return null;
  const hash = hashOf(map);
  map.redo();
  return hash;
}

/** Paints one random stroke, or takes one back, or does it again; null when nothing changed. */
function act(map: LabelMap, geometry: Geometry, random: Random): Uint8Array | null {
  const kind = random();
  if (kind < 0.15) return map.undo();
  if (kind < 0.25) return map.redo();
  const [nx, ny, nz] = geometry.dims;
  const brush: Brush = {
    radiusMm: uniform(random, 0.5, 15),
    label: integerBelow(random, 4),
    spacing: spacingOf(geometry),
    plane: 0,
    ball: random() < 0.2,
  };
  const k = integerBelow(random, nz);
  let from: Vector3 = [uniform(random, 0, nx), uniform(random, 0, ny), k];
  map.beginStroke();
  for (let move = integerBelow(random, 12); move >= 0; move -= 1) {
    const to: Vector3 = [from[0] + uniform(random, -9, 9), from[1] + uniform(random, -9, 9), k];
    map.paintCapsule(from, to, brush);
    from = to;
  }
  return map.commitStroke();
}

/** The child: opens the project, paints, and says what was painted and what was acknowledged. */
async function paint(folder: string, configFolder: string, seed: number): Promise<void> {
  const random = randomStream(seed);
  say({ type: 'ready' });
  const project = await openProject(folder, configFolder);
  const scans = project.registry.scans().slice(0, SCANS);
  const underWay: Promise<void>[] = [];
  let stroke = 0;
  let scan = scans[0];
  for (let opening = 0; opening < OPENINGS; opening += 1) {
    // Now and then the same mask again, while it is still being closed.
    if (random() < 0.7) {
      await Promise.all(underWay);
      scan = scans[integerBelow(random, scans.length)];
    }
    if (scan === undefined) throw new Error('the project has no scans');
    const { geometry } = scan;
    const opened = await project.masks.open(scan.id);
    const mask = opened.maskId;
    const map = mapOf(opened, geometry);
    say({ type: 'opened', mask, labels: hashOf(map) });
    for (let count = 0; count < STROKES; count += 1) {
      const entry = act(map, geometry, random);
      if (entry === null) continue;
      const number = (stroke += 1);
      say({ type: 'painted', mask, stroke: number, labels: hashOf(map), undone: undoneHash(map) });
      const saved = project.masks.append(mask, entry).then(() => {
        say({ type: 'saved', mask, stroke: number });
      });
      underWay.push(saved);
      if (random() < 0.6) await saved;
    }
    underWay.push(project.masks.close(mask));
  }
  await Promise.all(underWay);
  await project.close();
}

/** A state that a mask may be in, and after which stroke. */
interface State {
  readonly stroke: number;
  readonly labels: string;
  /** Labels after one undo; undefined when it is not known. */
  readonly undone?: string | null;
}

/** What each mask may hold: first what was acknowledged last, then what was painted since. */
class Ledger {
  readonly #states = new Map<number, State[]>();
  acknowledged = 0;
  lost: string[] = [];

  /** Takes one message of the child. */
  hear(heard: Message): void {
    if (heard.type === 'opened') this.found(heard.mask, heard.labels);
    if (heard.type === 'painted') this.#states.get(heard.mask)?.push(heard);
    if (heard.type === 'saved') {
      this.acknowledged += 1;
      const states = this.#states.get(heard.mask) ?? [];
      const at = states.findIndex(({ stroke }) => stroke >= heard.stroke);
      if (at < 0) this.lost.push(`mask ${heard.mask}: stroke ${heard.stroke} was saved and is not there`);
      else states.splice(0, at);
    }
  }

  /**
   * A mask was opened with these labels: it must be in one of its possible states.
   *
   * @returns that one, or several where an undo has led back to labels that had been there before
   */
  found(mask: number, labels: string): State[] {
    const states = this.#states.get(mask);
    const known = states?.filter((state) => state.labels === labels) ?? [];
    if (states !== undefined && known.length === 0)
      this.lost.push(`mask ${mask}: the labels are none of ${states.map(({ stroke }) => stroke).join(', ')}`);
    const present = known.length > 0 ? known : [{ stroke: states?.at(-1)?.stroke ?? 0, labels }];
    this.#states.set(mask, present);
    return [...present];
  }

  /** The mask was brought to these labels and closed. */
  expect(mask: number, labels: string): void {
    this.#states.set(mask, [{ stroke: 0, labels }]);
  }

  /** The strokes of the next child are numbered from 1 again. */
  nextChild(): void {
    for (const [mask, states] of this.#states)
      this.#states.set(
        mask,
        states.map((state) => ({ ...state, stroke: 0 })),
      );
  }
}

/** What a look at the killed child's project found wrong with undo. */
async function checkUndo(project: Project, ledger: Ledger): Promise<string[]> {
  const wrong: string[] = [];
  for (const { id, geometry } of project.registry.scans()) {
    if (project.registry.mask(id, 'reference') === null) continue;
    const opened = await project.masks.open(id);
    const map = mapOf(opened, geometry);
    const labels = hashOf(map);
    const states = ledger.found(opened.maskId, labels);
    const undone = undoneHash(map);
    if (states.every((state) => state.undone !== undefined && state.undone !== undone))
      wrong.push(`mask ${opened.maskId}: undo leads elsewhere than before`);
    let steps = 0;
    while (map.undo() !== null) steps += 1;
    for (let step = 0; step < steps; step += 1) map.redo();
    if (hashOf(map) !== labels)
      wrong.push(`mask ${opened.maskId}: undo and redo of everything lead elsewhere`);
    const entry = map.undo();
    if (entry !== null) await project.masks.append(opened.maskId, entry);
    await project.masks.close(opened.maskId);
    const again = await project.masks.open(id);
    if (hashOf(mapOf(again, geometry)) !== (undone ?? labels))
      wrong.push(`mask ${opened.maskId}: an undo after the crash was not kept`);
    await project.masks.close(again.maskId);
    ledger.expect(again.maskId, undone ?? labels);
  }
  return wrong;
}

async function main(): Promise<void> {
  const times = numberArgument('times', 50);
  const seed = numberArgument('seed', 1);
  const workplace = await temporaryWorkplace();
  try {
    const made = await workplace.create('painting');
    await importPaths(made, { paths: [shippedSample()] }, quietContext());
    await made.close();
    const ledger = new Ledger();
    const run = (repeat: number, killAfterMs: number | null) => {
      ledger.nextChild();
      const child = startChild([
        workplace.folder('painting'),
        workplace.configFolder,
        String(1000 * seed + repeat),
      ]);
      return untilKilled(child, killAfterMs, (line) => {
        ledger.hear(v.parse(message, line));
      });
    };
    const workingMs = (await run(0, null)).workedMs;
    const kills: number[] = [];
    const wrong: string[] = [];
    let finishedBefore = 0;
    for (const [index, moment] of killMoments(times, workingMs, seed).entries()) {
      // A child that is done before its moment has not been killed: another one takes its place.
      for (let attempt = 0; kills.length === index; attempt += 1) {
        const { killed } = await run(1 + index + times * attempt, moment * (1 - 0.02 * attempt));
        if (killed) kills.push(moment);
        else finishedBefore += 1;
      }
      // Every third crash is followed by a second one before anybody has looked.
      if (index % 3 === 2) continue;
      const project = await workplace.open('painting');
      wrong.push(...(await checkUndo(project, ledger)));
      await project.close();
    }
    const project = await workplace.open('painting');
    wrong.push(...(await checkUndo(project, ledger)));
    await project.close();
    for (const sentence of [...ledger.lost, ...wrong]) console.error(sentence);
    console.log(
      JSON.stringify({
        name: 'kill-painting',
        times: kills.length,
        lostStrokes: ledger.lost.length,
        wrongUndo: wrong.length,
        acknowledgedStrokes: ledger.acknowledged,
        workingMs: Math.round(workingMs),
        killsInEachTenth: spread(kills, workingMs),
        finishedBefore,
      }),
    );
    if (ledger.lost.length + wrong.length > 0) process.exitCode = 1;
  } finally {
    await workplace.remove();
  }
}

const [folder, configFolder, childSeed] = childArguments() ?? [];
if (folder === undefined || configFolder === undefined) await main();
else await paint(folder, configFolder, Number(childSeed));
