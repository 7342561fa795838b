/** What an import leaves out and asks, as the person meets it: a table, questions, a look before anything is written. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { answerDialogs, drop } from './launch';
import { look } from './look';
import { closeReport } from './steps';
import { expect, test } from './test';

const STACK = 'main/dicom/fixtures/stack';
const LETTERS = 1500;

/** A folder with three slices in series of their own, letters and cut-off images. */
function mixedFolder(home: string): string {
  const folder = join(home, 'mixed');
  for (const part of ['slices', 'letters', 'cut']) mkdirSync(join(folder, part), { recursive: true });
  for (const n of [1, 2, 3]) {
    const bytes = readFileSync(join(STACK, `${n}.dcm`));
    const uid = Buffer.from([0x20, 0, 0x0e, 0]);
    const at = bytes.indexOf(uid) + 8 + bytes.readUInt16LE(bytes.indexOf(uid) + 6);
    // Another last digit of the series' UID.
    bytes.write(String(n), at - 1);
    writeFileSync(join(folder, 'slices', `${n}.dcm`), bytes);
    writeFileSync(join(folder, 'cut', `cut-${n}.dcm`), bytes.subarray(0, 200));
  }
  for (let n = 0; n < LETTERS; n += 1)
    writeFileSync(join(folder, 'letters', `letter-${n}.txt`), `Dear colleague ${n}`);
  return folder;
}

const imported = (page: Page) => page.getByRole('dialog', { name: 'What was imported' });
const looked = (page: Page) => page.getByRole('dialog', { name: 'Nothing has been written yet' });
const questions = (page: Page) => page.getByRole('dialog', { name: 'Only you can say' });

test('what was left out is a list to search, and questions are answered in the window', async ({
  app,
  home,
}) => {
  const { page, electron } = app;
  await drop(app, [mixedFolder(home)]);
  await expect(questions(page)).toContainText('3 series of one study hold one image each');
  await look(app, 'import-questions');
  await questions(page).getByRole('button', { name: 'Decide later' }).click();

  const report = imported(page);
  const grid = report.getByRole('grid');
  await expect(grid).toHaveAttribute('aria-rowcount', String(LETTERS + 3 + 3 + 1));
  await look(app, 'import-report');

  await test.step('only what is in sight exists; keys move through all of it', async () => {
    expect(await grid.getByRole('row').count()).toBeLessThan(60);
    await grid.focus();
    await page.keyboard.press('End');
    await expect(grid.locator('[aria-selected="true"]')).toContainText('slices/3.dcm');
    await page.keyboard.press('Control+c');
    await expect(page.getByText('Copied the line.')).toBeVisible();
    expect(await electron.evaluate(({ clipboard }) => clipboard.readText())).toMatch(
      /^slices\/3\.dcm\timage data\t/u,
    );
    await page.keyboard.press('Home');
    await expect(grid.locator('[aria-selected="true"]')).toContainText('cut/cut-1.dcm');
  });

  await test.step('it is filtered, sorted and saved', async () => {
    await report.getByLabel('Kind of file').selectOption('image');
    await expect(report.getByText('6 files shown')).toBeVisible();
    await report
      .getByRole('group', { name: 'Reasons' })
      .getByRole('button', { name: /only image/u })
      .click();
    await expect(report.getByText('3 files shown')).toBeVisible();
    await report.getByRole('columnheader', { name: 'File' }).getByRole('button').click();
    await expect(grid.getByRole('row').nth(1)).toContainText('slices/3.dcm');
    await report.getByLabel('Kind of file').selectOption('all');
    await report.getByLabel('Find a file or reason').fill('letter-149');
    await expect(report.getByText('11 files shown')).toBeVisible();
    const file = join(home, 'left-out.csv');
    await answerDialogs(app, { save: file });
    await report.getByRole('button', { name: /Save as CSV/u }).click();
    await expect(page.getByText('Saved as left-out.csv.')).toBeVisible();
    const table = readFileSync(file, 'utf8').trim().split('\r\n');
    expect(table[0]).toBe('file,kind,reason');
    expect(table).toHaveLength(12);
  });

  await test.step('a question that waits is opened again and answered', async () => {
    await report.getByRole('button', { name: /Answer the questions/u }).click();
    await questions(page)
      .getByLabel(/Join them into one volume of 3 slices/u)
      .check();
    await questions(page).getByRole('button', { name: 'Import with the answers' }).click();
    await expect(report.locator('dl > div').nth(2)).toHaveText(/^1\s*scans/u);
    await expect(report.getByText('Open questions')).toBeHidden();
    await expect(report.getByRole('combobox').first().getByRole('option')).toHaveCount(2);
    await closeReport(page);
    await expect(page.getByText('40 × 36 × 3')).toBeVisible();
  });
});

test('a look writes nothing until the person says so', async ({ app, home }) => {
  const { page } = app;
  await drop(app, [join(STACK)]);
  await closeReport(page);
  await page.getByLabel('Look first').check();
  const folder = join(home, 'others');
  mkdirSync(folder);
  for (const n of [1, 2, 3]) {
    const bytes = readFileSync(join(STACK, `${n}.dcm`));
    for (let at = bytes.indexOf('FIXTURE'); at >= 0; at = bytes.indexOf('FIXTURE', at + 1))
      bytes.write('OTHERS!', at);
    writeFileSync(join(folder, `${n}.dcm`), bytes);
  }
  writeFileSync(join(folder, 'letter.txt'), 'Dear colleague');
  await drop(app, [folder]);
  await expect(looked(page)).toContainText('1 scan would be added');
  await look(app, 'import-look');
  await looked(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('1 patient', { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Look first')).toBeChecked();
  await drop(app, [folder]);
  await looked(page).getByRole('button', { name: 'Import now' }).click();
  await closeReport(page);
  await expect(page.getByText('2 patients', { exact: true })).toBeVisible();
});
