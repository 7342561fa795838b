/** The painting tools, by key and pointer: each is one undo, and each keeps to what may be painted over. */
import { look } from './look';
import { millilitres, openSample, openScan, saved, stroke } from './steps';
import { expect, test } from './test';

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
