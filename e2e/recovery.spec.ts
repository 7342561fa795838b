/** What survives when the app is ended from one moment to the next. */
import { killHard, launch } from './launch';
import { goTo, millilitres, openSample, openScan, saved, stroke } from './steps';
import { expect, test } from './test';

test('every finished stroke is there after kill -9, and undo still works', async ({ home }) => {
  const first = await launch(home);
  await openSample(first.page);
  const canvas = await openScan(first.page, 'P0002.1');
  const before = await millilitres(first.page, 'LV cavity');
  for (let index = 0; index < 5; index += 1) {
    await stroke(first.page, canvas, [0.15, 0.15 + index * 0.1], [0.3, 0.15 + index * 0.1]);
  }
  await saved(first.page);
  const painted = await millilitres(first.page, 'LV cavity');
  expect(painted).toBeGreaterThan(before);
  await killHard(first);

  const second = await launch(home);
  const { page } = second;
  await page.getByRole('button', { name: /Sunnybrook sample/u }).click();
  const again = await openScan(page, 'P0002.1');
  expect(await millilitres(page, 'LV cavity')).toBe(painted);
  await again.focus();
  for (let index = 0; index < 5; index += 1) await page.keyboard.press('Control+z');
  await saved(page);
  expect(await millilitres(page, 'LV cavity')).toBe(before);
  await second.electron.close();
});

test('a training stops and resumes, also after kill -9', async ({ home }) => {
  test.setTimeout(600_000);
  const first = await launch(home);
  const { page } = first;
  await openSample(page);
  await goTo(page, 'Split');
  await page.getByRole('button', { name: 'Store the split' }).click();
  await page.getByRole('button', { name: 'Train on it' }).click();
  await page.getByLabel(/^Minutes/u).fill('1');
  await page.getByRole('button', { name: 'Train', exact: true }).last().click();
  await expect(page.getByRole('img', { name: /^Loss: now \d/u })).toBeVisible({ timeout: 180_000 });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeVisible({ timeout: 60_000 });
  await killHard(first);

  const second = await launch(home);
  await second.page.getByRole('button', { name: /Sunnybrook sample/u }).click();
  await goTo(second.page, 'Train');
  await expect(second.page.getByText('It was interrupted')).toBeVisible();
  await second.page.getByRole('button', { name: 'Resume' }).click();
  await expect(second.page.locator('.head .chip').getByText('done')).toBeVisible({ timeout: 300_000 });
  await second.electron.close();
});
