/** What the app remembers from one start to the next. */
import { drop, launch, resize } from './launch';
import { closeReport, openSample, reported } from './steps';
import { expect, test } from './test';

test('the window, the theme and the projects are remembered', async ({ home }) => {
  const first = await launch(home);
  await openSample(first.page);
  const theme = first.page.getByRole('button', { name: /^Theme: /u });
  while (!(await theme.getAttribute('aria-label'))?.startsWith('Theme: dark')) {
    const before = await theme.getAttribute('aria-label');
    await theme.click();
    await expect(theme).not.toHaveAttribute('aria-label', before ?? '');
  }
  await expect
    .poll(() => first.page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches))
    .toBe(true);
  await resize(first, 1111, 777);
  await expect.poll(() => first.page.evaluate(() => innerWidth)).toBe(1111);
  await first.electron.close();

  const second = await launch(home);
  await expect(second.page.getByRole('button', { name: /^Theme: dark/u })).toBeVisible();
  expect(await second.page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(true);
  expect(await second.page.evaluate(() => [innerWidth, innerHeight])).toEqual([1111, 777]);
  await second.page.getByRole('button', { name: /^Sunnybrook sample/u }).click();
  await expect(second.page.getByRole('heading', { name: 'P0001' })).toBeVisible();
  await second.electron.close();
});

test('a zip is dropped as it is, and an import can be looked at again', async ({ app }) => {
  const { page } = app;
  await drop(app, ['samples/sunnybrook-sample.zip']);
  expect(await reported(page)).toMatchObject({ patients: 5, scans: 10, masks: 10 });
  await closeReport(page);
  await page.getByRole('button', { name: 'Last import' }).click();
  expect(await reported(page)).toMatchObject({ patients: 5, scans: 10, masks: 10 });
});
