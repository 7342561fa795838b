/** Bad input in the window: a sentence, and the app goes on. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerDialogs, drop, launch } from './launch';
import { look } from './look';
import { closeReport, goTo, openSample } from './steps';
import { expect, test } from './test';

test('a folder without images is reported, not fatal', async ({ app, home }) => {
  const { page } = app;
  const folder = join(home, 'letters');
  mkdirSync(folder);
  writeFileSync(join(folder, 'letter.txt'), 'Dear colleague');
  await drop(app, [folder]);
  const report = page.getByRole('dialog', { name: 'What was imported' });
  await expect(report).toContainText(/no image/iu);
  await look(app, 'bad-no-images');
  await closeReport(page);
  await expect(page.getByRole('heading', { name: 'Your library is empty' })).toBeVisible();
});

test('without TensorFlow the app opens, paints and compares; training says what to do', async ({ home }) => {
  const app = await launch(home, { HELDOUT_CACHE: join(home, 'no-cache') });
  const { page } = app;
  await openSample(page);
  await goTo(page, 'Split');
  await page.getByRole('button', { name: 'Store the split' }).click();
  await page.getByRole('button', { name: 'Train on it' }).click();
  const notice = page.getByRole('alert').filter({ hasText: 'TensorFlow is not installed' });
  await expect(notice).toBeVisible();
  await expect(page.getByRole('button', { name: 'Install TensorFlow' })).toBeEnabled();
  await look(app, 'bad-no-tensorflow');
  await page.getByRole('button', { name: 'Train', exact: true }).last().click();
  await expect(page.getByText('run `heldout doctor --install cpu`').last()).toBeVisible();
  await goTo(page, 'Library');
  await expect(page.getByRole('button', { name: /^Open P0001\.1:/u })).toBeVisible();
  await app.electron.close();
});

test('a project that is open elsewhere, or newer, is refused with a sentence', async ({ app, home }) => {
  await openSample(app.page);
  const folder = join(home, 'user-data', 'sample', 'Sunnybrook sample.heldout');
  // Another user folder, the same keys: as the command line would open it.
  const other = await launch(join(home, 'other'), { HELDOUT_CONFIG: join(home, 'config') });
  await answerDialogs(other, { open: [folder] });
  await other.page.getByRole('button', { name: 'Open a project' }).click();
  await expect(other.page.getByText('is open in another window or command')).toBeVisible();
  await other.electron.close();

  await app.page.getByRole('button', { name: 'Close the project' }).click();
  const file = join(folder, 'project.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 1', '"version": 99'));
  await app.page.getByRole('button', { name: /^Sunnybrook sample/u }).click();
  await expect(app.page.getByText(/newer/u)).toBeVisible();
  await expect(app.page.getByRole('heading', { name: 'Your library is empty' })).toBeVisible();
});
