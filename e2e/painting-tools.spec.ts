/** The painting tools, by key and pointer: each is one undo, and each keeps to what may be painted over. */
import { look } from './look';
import { millilitres, openSample, openScan, saved, stroke } from './steps';
import type { Locator } from '@playwright/test';
import { expect, test } from './test';

/** Clicks at a place of an element, as shares of its width and height. */
async function clickAt(on: Locator, x: number, y: number, modifiers: 'Control'[] = []): Promise<void> {
  const box = await on.boundingBox();
  if (box === null) throw new Error('nothing to click on');
  await on.click({ position: { x: x * box.width, y: y * box.height }, modifiers });
}

test('every tool keeps to what may be painted over', async ({ app }) => {
  const { page } = app;
  await openSample(page);
  const canvas = await openScan(page, 'P0003.1');
  const label = 'LV cavity';
  const before = await millilitres(page, label);
  const rule = page.getByRole('combobox', { name: 'Paint over' });
  const lock = page.getByRole('button', { name: `Lock ${label}` });
  const across = async () => {
    for (const y of [0.35, 0.45, 0.55, 0.65]) await stroke(page, canvas, [0.2, y], [0.8, y]);
    await saved(page);
  };

  await test.step('a locked label loses nothing', async () => {
    await expect(rule).toHaveValue('everything');
    await page.keyboard.press('Shift+L');
    await expect(lock).toHaveAttribute('aria-pressed', 'true');
    await expect(rule).toHaveValue('unlocked');
    await look(app, '2-locked');
    await page.keyboard.press('e');
    for (let press = 0; press < 10; press += 1) await page.keyboard.press(']');
    await across();
    expect(await millilitres(page, label)).toBe(before);
    await page.keyboard.press('k');
    await lock.click();
    await expect(lock).toHaveAttribute('aria-pressed', 'false');
    await across();
    expect(await millilitres(page, label)).toBeLessThan(before);
    while ((await millilitres(page, label)) < before) await page.keyboard.press('Control+z');
  });

  await test.step('the rule is changed by key and kept for the next scan', async () => {
    await page.keyboard.press('p');
    await expect(rule).toHaveValue('everything');
    await page.keyboard.press('p');
    await expect(rule).toHaveValue('background');
    await page.keyboard.press('Escape');
    await openScan(page, 'P0003.1');
    await expect(rule).toHaveValue('background');
  });
});

test('a lasso is edited before it is filled, and is one undo', async ({ app }) => {
  const { page } = app;
  await openSample(page);
  const canvas = await openScan(page, 'P0003.1');
  const label = 'LV cavity';
  const before = await millilitres(page, label);
  const click = (x: number, y: number) => clickAt(canvas, x, y);
  const corners = [
    [0.1, 0.1],
    [0.3, 0.1],
    [0.3, 0.25],
    [0.1, 0.25],
  ] as const;

  await test.step('vertices come and go, and nothing is painted before Enter', async () => {
    await page.keyboard.press('l');
    for (const [x, y] of corners) await click(x, y);
    await page.keyboard.press('n');
    await expect(page.getByText('Finish the lasso first: Enter accepts it, Esc cancels it.')).toBeVisible();
    await look(app, '2-lasso');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Enter');
    await expect(page.getByText(/^A lasso needs three vertices/u)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(canvas).toBeVisible();
    expect(await millilitres(page, label)).toBe(before);
  });

  await test.step('Enter fills it, a click on its first vertex as well, Ctrl+Enter erases', async () => {
    for (const [x, y] of corners) await click(x, y);
    await page.keyboard.press('Enter');
    await saved(page);
    const filled = await millilitres(page, label);
    expect(filled).toBeGreaterThan(before);
    await page.keyboard.press('Control+z');
    expect(await millilitres(page, label)).toBe(before);

    for (const [x, y] of corners) await click(x, y);
    await stroke(page, canvas, [0.3, 0.25], [0.4, 0.35]);
    await click(...corners[0]);
    await saved(page);
    const larger = await millilitres(page, label);
    expect(larger).toBeGreaterThan(filled);

    await stroke(page, canvas, [0.05, 0.05], [0.5, 0.05]);
    await stroke(page, canvas, [0.5, 0.4], [0.05, 0.4]);
    await page.keyboard.press('Control+Enter');
    await saved(page);
    const erased = await millilitres(page, label);
    expect(erased).toBeLessThan(larger);
    await page.keyboard.press('Escape');
    await openScan(page, 'P0003.1');
    expect(await millilitres(page, label)).toBe(erased);
    await page.keyboard.press('Control+z');
    expect(await millilitres(page, label)).toBe(larger);
    await page.keyboard.press('Control+z');
    expect(await millilitres(page, label)).toBe(before);
  });
});

test('a region is filled by a click', async ({ app }) => {
  const { page } = app;
  await openSample(page);
  const canvas = await openScan(page, 'P0003.1');
  const label = 'LV cavity';
  const before = await millilitres(page, label);
  await page.keyboard.press('b');
  for (let press = 0; press < 6; press += 1) await page.keyboard.press('[');
  // A ring of four strokes, and then what is inside of it.
  const ring = [
    [0.1, 0.1],
    [0.3, 0.1],
    [0.3, 0.3],
    [0.1, 0.3],
    [0.1, 0.1],
  ] as const;
  for (const [n, from] of ring.slice(0, -1).entries()) await stroke(page, canvas, from, ring[n + 1] ?? from);
  await saved(page);
  const ringed = await millilitres(page, label);
  await page.keyboard.press('f');
  await clickAt(canvas, 0.2, 0.2);
  await saved(page);
  expect(await millilitres(page, label)).toBeGreaterThan(ringed + 3 * (ringed - before));
  await clickAt(canvas, 0.2, 0.2);
  await expect(page.getByText('This region has the label already.')).toBeVisible();
  await page.keyboard.press('Control+z');
  expect(await millilitres(page, label)).toBe(ringed);
  await clickAt(canvas, 0.05, 0.05);
  await expect(page.getByText(/^The region reaches the edge of the slice/u)).toBeVisible();
  await page.keyboard.press('Control+z');
  await clickAt(canvas, 0.1, 0.2, ['Control']);
  await saved(page);
  expect(await millilitres(page, label)).toBeCloseTo(before, 1);
});

test('a region grows, and the range brush keeps to values', async ({ app }) => {
  const { page } = app;
  await openSample(page);
  const canvas = await openScan(page, 'P0003.1');
  const label = 'LV cavity';
  const before = await millilitres(page, label);
  const shown = async () => Number(/: ([\d.]+) ml/u.exec(await page.locator('aside').innerText())?.[1] ?? 0);

  await test.step('it is shown, made larger, cancelled, and accepted as one step', async () => {
    await page.keyboard.press('g');
    await clickAt(canvas, 0.33, 0.68);
    await expect.poll(shown).toBeGreaterThan(0);
    const first = await shown();
    for (let press = 0; press < 4; press += 1) await page.keyboard.press(']');
    await expect.poll(shown).toBeGreaterThan(first);
    await page.keyboard.press('n');
    await expect(page.getByText(/^Finish the region first/u)).toBeVisible();
    await look(app, '2-grow');
    await page.keyboard.press('Escape');
    expect(await shown()).toBe(0);
    expect(await millilitres(page, label)).toBe(before);
    await clickAt(canvas, 0.33, 0.68);
    await page.keyboard.press('Enter');
    await saved(page);
    expect(await millilitres(page, label)).toBeGreaterThan(before);
    await page.keyboard.press('Control+z');
    expect(await millilitres(page, label)).toBe(before);
  });

  await test.step('it says when it leaks', async () => {
    await page.getByRole('checkbox', { name: 'into other slices' }).check();
    await page.getByRole('spinbutton', { name: 'At most' }).fill('2');
    await clickAt(canvas, 0.33, 0.68);
    await expect(page.getByText(/^The region leaks: it was stopped at 2 ml in the volume/u)).toBeVisible();
    expect(await shown()).toBeCloseTo(2, 1);
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await millilitres(page, label)).toBe(before);
  });

  await test.step('the range brush paints less than the brush', async () => {
    const across = () => stroke(page, canvas, [0.2, 0.68], [0.5, 0.68]);
    const painted: number[] = [];
    for (const tool of ['b', 'i']) {
      await page.keyboard.press(tool);
      await across();
      await saved(page);
      painted.push((await millilitres(page, label)) - before);
      await page.keyboard.press('Control+z');
    }
    const [brush = 0, range = 0] = painted;
    expect(range).toBeGreaterThan(0);
    expect(range).toBeLessThan(brush);
    await look(app, '2-range');
  });
});

test('a whole label is smoothed, grown, shrunk and rid of small islands', async ({ app }) => {
  const { page } = app;
  await openSample(page);
  const canvas = await openScan(page, 'P0003.1');
  const label = 'LV cavity';
  const before = await millilitres(page, label);
  const undone = async () => {
    await saved(page);
    await page.keyboard.press('Control+z');
    expect(await millilitres(page, label)).toBe(before);
  };

  await test.step('smoothing moves voxels and keeps the volume', async () => {
    await page.keyboard.press('m');
    await expect(page.getByText(/^Smoothed with 3\.0 mm: [\d.]+ ml came to other places/u)).toBeVisible();
    expect(await millilitres(page, label)).toBe(before);
    await undone();
  });

  await test.step('margins grow and shrink', async () => {
    await page.keyboard.press('+');
    await expect(page.getByText(/^The label grew by 2\.0 mm: [\d.]+ ml more\.$/u)).toBeVisible();
    expect(await millilitres(page, label)).toBeGreaterThan(1.05 * before);
    await undone();
    await page.getByRole('button', { name: 'Shrink by the margin' }).click();
    await expect(page.getByText(/^The label shrank by 2\.0 mm/u)).toBeVisible();
    expect(await millilitres(page, label)).toBeLessThan(0.95 * before);
    await undone();
  });

  await test.step('small islands go, Space goes back to the last tool, and the help names every key', async () => {
    await page.keyboard.press('Shift+K');
    await expect(page.getByText('No piece of the label is smaller than 500 mm³.')).toBeVisible();
    await page.keyboard.press('e');
    await page.keyboard.press('b');
    await page.keyboard.press('Space');
    await expect(page.getByRole('button', { name: 'Erase' })).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.press('Space');
    for (let press = 0; press < 14; press += 1) await page.keyboard.press('[');
    await stroke(page, canvas, [0.1, 0.12], [0.12, 0.12]);
    await saved(page);
    expect(await millilitres(page, label)).toBeGreaterThan(before);
    await page.keyboard.press('Shift+K');
    await expect(page.getByText(/^Removed 1 island with/u)).toBeVisible();
    expect(await millilitres(page, label)).toBe(before);
    await look(app, '2-whole-label');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('smooth the label');
    await look(app, '2-keys');
  });
});
