import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { writeSync } from 'node:fs';
import { permutation, randomStream } from '#src/models/random';

/** First argument of a benchmark that was started to do the work and be killed. */
const CHILD = '--child';

/** What the child was given after {@link CHILD}, or null in the parent. */
export function childArguments(): readonly string[] | null {
  const at = process.argv.indexOf(CHILD);
  return at < 0 ? null : process.argv.slice(at + 1);
}

/** The child's side: a line that the parent has, whatever happens to the child afterwards. */
export function say(message: object): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

/** How a child ended. */
export interface Ending {
  /** Whether it was killed; false when it had finished before. */
  readonly killed: boolean;
  /** Milliseconds from its first line (it is about to begin) to its end. */
  readonly workedMs: number;
}

/** Starts this benchmark once more as a child that does the work. */
export function startChild(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--enable-source-maps', process.argv[1] ?? '', CHILD, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/**
 * Follows a child to its end.
 *
 * @param killAfterMs when to send SIGKILL, counted from the child's first line; null lets it finish
 * @param onLine told each message that the child said, those in the pipe when it was killed included
 * @throws Error when the child ends by itself with anything but 0: then it is at fault
 */
export async function untilKilled(
  child: ChildProcess,
  killAfterMs: number | null,
  onLine: (message: unknown) => void,
): Promise<Ending> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the child has no pipes');
  let complaint = '';
  stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  let began: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  const lines = createInterface({ input: stdout });
  lines.on('line', (line) => {
    if (began === null) {
      began = performance.now();
      if (killAfterMs !== null) timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    }
    onLine(JSON.parse(line));
  });
  const read = new Promise<void>((resolve) => {
    lines.on('close', resolve);
  });
  const signal = await new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, bySignal) => {
      if (timer !== null) clearTimeout(timer);
      if (bySignal === null && code !== 0) reject(new Error(`the child ended with ${code}: ${complaint}`));
      else resolve(bySignal);
    });
  });
  const workedMs = performance.now() - (began ?? performance.now());
  await read;
  return { killed: signal === 'SIGKILL', workedMs };
}

/**
 * Moments to kill at, one for each repeat: one in each of `times` equal parts of the working time, at a random place in
 * it, in random order.
 *
 * @param times how many
 * @param workingMs how long an undisturbed child works
 */
export function killMoments(times: number, workingMs: number, seed: number): number[] {
  const random = randomStream(seed, times);
  return [...permutation(random, times)].map((part) => ((part + random()) / times) * workingMs);
}

/** How many of the kills fell into each tenth of the working time; the last holds what came later, too. */
export function spread(moments: readonly number[], workingMs: number): number[] {
  const tenths = new Array<number>(10).fill(0);
  for (const moment of moments) {
    const tenth = Math.min(9, Math.floor((10 * moment) / workingMs));
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  return tenths;
}
