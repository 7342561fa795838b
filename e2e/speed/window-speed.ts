/**
 * How fast the app feels: from the start of the process to a usable window, and what one dab of the brush and one slice
 * of scrolling cost the page (handling the pointer and drawing the frame), and how long after the event the frame is
 * drawn. Prints one line of JSON.
 *
 *   npm run bench:window
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { launch } from '../launch';
import { openSample, openScan } from '../steps';

const STARTS = 5;
const MOVES = 300;

interface Latencies {
  /** Pointer handling and drawing (ms). */
  readonly work: number[];
  /** From the event to the drawn frame (ms). */
  readonly latency: number[];
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number(
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(2),
  );
}

/** Follows events of a kind until the measured frames after them; `read` returns what was found. */
async function follow(page: Page, event: 'pointermove' | 'wheel', measure: 'dab' | 'scroll') {
  await page.evaluate(
    ({ event, measure }) => {
      const found: Latencies = { work: [], latency: [] };
      let first: number | null = null;
      let handling = 0;
      let begun = 0;
      addEventListener(event, ({ timeStamp }) => ((first ??= timeStamp), (begun = performance.now())), {
        capture: true,
      });
      addEventListener(event, () => (handling += performance.now() - begun));
      new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntriesByName(measure)) {
          if (first === null) continue;
          found.work.push(handling + duration);
          found.latency.push(startTime + duration - first);
          first = null;
          handling = 0;
        }
      }).observe({ entryTypes: ['measure'] });
      Object.assign(globalThis, { [`found-${measure}`]: found });
    },
    { event, measure },
  );
  return () =>
    page.evaluate((name) => (globalThis as unknown as Record<string, Latencies>)[name], `found-${measure}`);
}

test('speed', async () => {
  const home = mkdtempSync(join(tmpdir(), 'heldout-speed-'));
  const starts: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const begun = performance.now();
    const app = await launch(home);
    await app.page.locator('[data-ready="true"]').waitFor();
    starts.push(performance.now() - begun);
    await app.electron.close();
  }

  const app = await launch(home);
  const { page } = app;
  await openSample(page);
  const canvas = await openScan(page, 'P0001.1');
  const box = await canvas.boundingBox();
  if (box === null) throw new Error('no canvas');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];

  const dabs = await follow(page, 'pointermove', 'dab');
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let move = 0; move < MOVES; move += 1) {
    const angle = move / 12;
    await page.mouse.move(x + 120 * Math.cos(angle), y + 120 * Math.sin(angle));
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  await page.mouse.up();
  const dab = await dabs();

  const scrolls = await follow(page, 'wheel', 'scroll');
  for (let turn = 0; turn < MOVES; turn += 1) {
    await page.mouse.wheel(0, Math.floor(turn / 8) % 2 === 0 ? 120 : -120);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  const scroll = await scrolls();
  await app.electron.close();
  rmSync(home, { recursive: true, force: true });

  const figures = ({ work, latency }: Latencies = { work: [], latency: [] }) => ({
    n: work.length,
    workP50: percentile(work, 0.5),
    workP95: percentile(work, 0.95),
    latencyP50: percentile(latency, 0.5),
    latencyP95: percentile(latency, 0.95),
  });
  const result = {
    name: 'window',
    startMs: starts.map(Math.round),
    dab: figures(dab),
    scroll: figures(scroll),
  };
  expect(result.dab.n).toBeGreaterThan(MOVES / 2);
  console.log(`\n${JSON.stringify(result)}`);
});
