/** What is done to a whole label at once, by key, and taken back; also after the scan was closed. */
import { look } from './look';
import { millilitres, openSample, openScan, saved, stroke } from './steps';
import { expect, test } from './test';

test('slices between are filled, islands removed, and both are taken back', async ({ app }) => {
  const { page } = app;
  await openSample(page);
  const canvas = await openScan(page, 'P0003.1');
  const label = 'LV cavity';
  const before = await millilitres(page, label);

  await test.step('a slice that was lost is filled from its neighbours', async () => {
    await page.keyboard.press('e');
    for (let press = 0; press < 14; press += 1) await page.keyboard.press(']');
    const rows = [0.3, 0.45, 0.6, 0.75];
    for (const y of rows) await stroke(page, canvas, [0.2, y], [0.8, y]);
    await saved(page);
    const without = await millilitres(page, label);
    expect(without).toBeLessThan(0.95 * before);
    await page.keyboard.press('n');
    await expect(page.getByText(/^Filled 1 slice with [\d.]+ ml\./u)).toBeVisible();
    await saved(page);
    const filled = await millilitres(page, label);
    expect(Math.abs(filled - before)).toBeLessThan(0.25 * (before - without));
    await look(app, '2-filled');
    await page.keyboard.press('n');
    await expect(page.getByText(/^There is nothing to fill/u)).toBeVisible();
    await page.keyboard.press('Control+z');
    expect(await millilitres(page, label)).toBe(without);
    // A stroke that met nothing is no step.
    for (let step = 0; step < rows.length; step += 1)
      if ((await millilitres(page, label)) !== before) await page.keyboard.press('Control+z');
    expect(await millilitres(page, label)).toBe(before);
  });

  await test.step('an island goes, comes back with Undo, and after reopening as well', async () => {
    await page.keyboard.press('b');
    for (let press = 0; press < 14; press += 1) await page.keyboard.press('[');
    await stroke(page, canvas, [0.1, 0.12], [0.2, 0.12]);
    await saved(page);
    const withIsland = await millilitres(page, label);
    expect(withIsland).toBeGreaterThan(before);
    await page.keyboard.press('k');
    await expect(page.getByText(/^Removed 1 island with/u)).toBeVisible();
    expect(await millilitres(page, label)).toBe(before);
    await page.getByRole('button', { name: 'Undo' }).last().click();
    expect(await millilitres(page, label)).toBe(withIsland);
    await page.keyboard.press('k');
    await saved(page);
    await page.keyboard.press('Escape');
    await openScan(page, 'P0003.1');
    expect(await millilitres(page, label)).toBe(before);
    await page.keyboard.press('Control+z');
    expect(await millilitres(page, label)).toBe(withIsland);
  });
});
