/**
 * How the window feels while a large folder is imported: the longest gap between two frames of the page, and how long
 * after Cancel the import has ended; the same folder again must add nothing. Prints one line of JSON.
 *
 *   npm run bench:window                                 (100,000 files: half tiny DICOM images, half junk)
 *   HELDOUT_BENCH_FILES=20000 npm run bench:window
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { drop, launch } from '../launch';
import { closeReport, reported } from '../steps';

/** Before the drop that is measured (ms), as between two drops of a person. */
const REST_MS = 5000;
const FILES = Number(process.env['HELDOUT_BENCH_FILES'] ?? 100_000);
/** Files of a folder, as archives have them. */
const FOLDER = 300;
/** Images of one series. */
const SERIES = 30;
/** Place of the first image and the step to the next one, along the normal (mm). */
const FIRST = [49.996772, -110.100026, -30.280356] as const;
const STEP = [-5.04727, 5.287, 3.2518] as const;
const STACK = 'main/dicom/fixtures/stack/1.dcm';

/** Where the last bytes of a short element's value are; the fixture is explicit little endian. */
function endOf(bytes: Buffer, group: number, element: number): number {
  const at = bytes.indexOf(Buffer.from([group, 0, element, 0]));
  if (at < 0) throw new Error('no such element');
  return at + 8 + bytes.readUInt16LE(at + 6);
}

/** Writes images with UIDs of their own, in series of one patient for each ten, and junk between them. */
function makeFolder(folder: string): void {
  const bytes = readFileSync(STACK);
  const series = endOf(bytes, 0x20, 0x0e);
  const image = endOf(bytes, 0x08, 0x18);
  const patient = endOf(bytes, 0x10, 0x20);
  const position = endOf(bytes, 0x20, 0x32);
  const positionStart = bytes.indexOf(Buffer.from([0x20, 0, 0x32, 0])) + 8;
  const digits = (value: number, length: number) => String(value).padStart(length, '0');
  for (let n = 0; n < FILES; n += 1) {
    const inside = join(folder, digits(Math.floor(n / FOLDER), 4));
    if (n % FOLDER === 0) mkdirSync(inside, { recursive: true });
    if (n % 2 === 1) {
      writeFileSync(join(inside, `${n}.txt`), `Dear colleague ${n}`);
      continue;
    }
    const number = Math.floor(n / 2);
    const own = Math.floor(number / SERIES);
    // The last digits before the padding: 2 bytes of it at most.
    bytes.write(digits(own + 1, 7), series - 9);
    bytes.write(digits(number + 1, 8), image - 10);
    bytes.write(digits(Math.floor(own / 10), 4), patient - 5);
    const place = FIRST.map((value, axis) => (value + (number % SERIES) * (STEP[axis] ?? 0)).toFixed(3));
    bytes.write(place.join('\\').padEnd(position - positionStart), positionStart);
    writeFileSync(join(inside, `${n}.dcm`), bytes);
  }
}

/** When (ms since the measurement began) and for how long (ms). */
type Timed = readonly [at: number, ms: number];
const said = ([at, ms]: Timed) => `${Math.round(ms)} ms at ${(at / 1000).toFixed(2)} s`;

/**
 * Follows the frames of the page; the answer gives the longest gaps (ms) and their number above 50 ms, and the tasks of
 * the page itself that took as long: a gap without one is the machine's, whose cores read and draw at the same time.
 */
async function followFrames(page: Page) {
  await page.evaluate(() => {
    const gaps: [at: number, ms: number][] = [];
    const begun = performance.now();
    let last = begun;
    const frame = (now: number) => {
      gaps.push([last - begun, now - last]);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const tasks: [at: number, ms: number][] = [];
    new PerformanceObserver((list) =>
      tasks.push(
        ...list
          .getEntries()
          .map(({ startTime, duration }) => [startTime - begun, duration] as [number, number]),
      ),
    ).observe({
      type: 'longtask',
      buffered: false,
    });
    Object.assign(window, { frameGaps: gaps, longTasks: tasks });
  });
  return async () => {
    const { gaps, tasks } = await page.evaluate(() => {
      const { frameGaps, longTasks } = window as unknown as { frameGaps: Timed[]; longTasks: Timed[] };
      return { gaps: frameGaps.splice(0), tasks: longTasks.splice(0) };
    });
    const late = gaps.filter(([, ms]) => Math.round(ms) > 50);
    return {
      frames: gaps.length,
      longestMs: Math.round(Math.max(...gaps.map(([, ms]) => ms))),
      late: late.map(said),
      longTasks: tasks.map(said),
    };
  };
}

/**
 * Waits for the report. Playwright's own expectations look at the whole page over and over, which takes the page longer
 * than anything of the app: they would be measured instead of it.
 */
async function reportOpen(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('dialog[open]') !== null, undefined, {
    polling: 250,
    timeout: 900_000,
  });
}

test('a large folder', async () => {
  const home = mkdtempSync(join(tmpdir(), 'heldout-bench-import-'));
  const folder = join(home, 'archive');
  makeFolder(folder);
  const app = await launch(home);
  const { page } = app;
  await expect(page.locator('[data-ready="true"]')).toBeVisible();

  // Stopped early, in the middle of the headers, and among the voxels.
  const cancelMs: Record<string, number> = {};
  for (const [stage, message] of [
    ['looking', /Looking for images|Reading headers/u],
    ['headers', /Reading headers/u],
    ['voxels', /Reading images/u],
  ] as const) {
    await drop(app, [folder]);
    await expect(page.getByText(message)).toBeVisible({ timeout: 120_000 });
    const begun = performance.now();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByRole('progressbar')).toBeHidden({ timeout: 120_000 });
    cancelMs[stage] = Math.round(performance.now() - begun);
  }

  // The workers of the next import are there again some seconds after the last one.
  await page.waitForTimeout(REST_MS);
  const frames = await followFrames(page);
  const begun = performance.now();
  await drop(app, [folder]);
  await reportOpen(page);
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  // Behind the report the library fills.
  await page.waitForTimeout(2000);
  const during = await frames();
  await page.locator('[role=grid]').focus();
  for (const key of ['End', 'Home', 'PageDown', 'End']) await page.keyboard.press(key);
  await page.locator('[aria-label="Find a file or reason"]').pressSequentially('9999');
  await page.waitForTimeout(500);
  const table = await frames();
  const peakMb = await app.electron.evaluate(() => Math.round(process.resourceUsage().maxRSS / 1024));
  await closeReport(page);
  await page.waitForTimeout(REST_MS);
  await frames();
  const begunAgain = performance.now();
  await drop(app, [folder]);
  await reportOpen(page);
  const secondsAgain = Math.round((performance.now() - begunAgain) / 100) / 10;
  await page.waitForTimeout(2000);
  const duringAgain = await frames();
  const again = await reported(page);
  expect(again).toMatchObject({ patients: 0, scans: 0, masks: 0 });
  await app.electron.close();
  rmSync(home, { recursive: true, force: true });
  console.log(
    `\n${JSON.stringify({ name: 'import window', files: FILES, seconds, secondsAgain, peakMb, cancelMs, during, table, duringAgain })}`,
  );
});
