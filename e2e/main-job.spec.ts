/** What a person does with Heldout, from a folder of DICOM to the report, on the shipped sample. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { answerDialogs, drop, type RunningApp } from './launch';
import { look } from './look';
import { closeReport, goTo, millilitres, openScan, reported, saved, stroke, unpackSample } from './steps';
import { expect, test } from './test';

/** Minutes of training for each fold; more of them make pictures of a better model. */
const MINUTES = process.env['HELDOUT_E2E_MINUTES'] ?? '0.3';

const TRAINED = 60_000 * Number(MINUTES) * 5 + 240_000;

test('from a dropped folder to the report', async ({ app, home }) => {
  test.setTimeout(TRAINED + 600_000);
  const { page, errors } = app;
  const sample = unpackSample(join(home, 'sample'));

  await test.step('1. an empty library says what to do; folders are dropped on the window', async () => {
    await expect(page.getByRole('heading', { name: 'Your library is empty' })).toBeVisible();
    await look(app, '1-empty');
    await drop(app, [sample.dicom]);
    expect(await reported(page)).toEqual({ patients: 5, studies: 5, scans: 10, phases: 10, masks: 0 });
    await look(app, '1-import-report');
    await closeReport(page);
    await drop(app, [sample.masks]);
    expect(await reported(page)).toMatchObject({ masks: 10 });
    await closeReport(page);
  });

  await test.step('2. patients and scans with their facts; painting and undo', async () => {
    await expect(page.getByRole('button', { name: /^Open P000\d\.\d: done/u })).toHaveCount(10);
    await expect(page.locator('canvas[data-drawn="true"]').first()).toBeVisible();
    await expect(page.getByText('256 × 256 × 12').first()).toBeVisible();
    await look(app, '2-library');
    const canvas = await openScan(page, 'P0001.1');
    await expect(canvas).toHaveAttribute('aria-label', /slice 6 of 12/u);
    const before = await millilitres(page, 'Structure');
    expect(before).toBeGreaterThan(10);
    await stroke(page, canvas, [0.2, 0.2], [0.3, 0.25]);
    await saved(page);
    expect(await millilitres(page, 'Structure')).toBeGreaterThan(before);
    await look(app, '2-painting');
    await page.keyboard.press('Control+z');
    expect(await millilitres(page, 'Structure')).toBe(before);
    await page.keyboard.press('e');
    await stroke(page, canvas, [0.3, 0.5], [0.7, 0.5]);
    await saved(page);
    expect(await millilitres(page, 'Structure')).toBeLessThan(before);
    await page.keyboard.press('Control+z');
    expect(await millilitres(page, 'Structure')).toBe(before);
    await canvas.hover();
    await page.mouse.wheel(0, 120);
    await expect(canvas).not.toHaveAttribute('aria-label', /slice 6 of 12/u);
    await page.keyboard.press('?');
    await look(app, '2-keys');
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await renameLabel(app);
    await page.keyboard.press('Escape');
  });

  await test.step('3. a split says before any training who stands on both sides', async () => {
    await goTo(page, 'Split');
    await expect(page.getByText('Nothing leaks.')).toBeVisible();
    await look(app, '3-split');
    await page.getByRole('radio', { name: /^scan/u }).check();
    await expect(page.getByText(/\d of 5 patients stand on both sides/u).first()).toBeVisible();
    await look(app, '3-split-leaks');
    await page.getByRole('radio', { name: /^patient/u }).check();
    await expect(page.getByText('Nothing leaks.')).toBeVisible();
    await page.getByRole('button', { name: 'Store the split' }).click();
    await expect(page.getByRole('heading', { name: 'by patient' })).toBeVisible();
  });

  await test.step('4. training draws curves of seen and held-out patients', async () => {
    await goTo(page, 'Train');
    await look(app, '4-train-empty');
    await page.getByLabel('Held out').selectOption('all');
    await page.getByLabel(/^Minutes/u).fill(MINUTES);
    await page.getByRole('button', { name: 'Train', exact: true }).last().click();
    await expect(page.getByRole('img', { name: /^Dice on probe slices: seen 0/u })).toBeVisible({
      timeout: 180_000,
    });
    await look(app, '4-training');
    await expect(runs(page, 'done')).toHaveCount(5, { timeout: TRAINED });
    await look(app, '4-trained');
  });

  await test.step('5. held-out on the left, seen on the right', async () => {
    await goTo(page, 'Compare');
    const left = page.getByRole('region', { name: 'Held-out patients' });
    const right = page.getByRole('region', { name: 'Seen patients' });
    await expect(left.locator('canvas')).toHaveCount(4, { timeout: 120_000 });
    await expect(right.locator('canvas')).toHaveCount(4, { timeout: 120_000 });
    await expect(page.locator('[data-verdict="too-few"]')).toContainText('5 patients are too few');
    await look(app, '5-side-by-side');
    await linkedScrolling(page);
    await marked(page);
    await page.keyboard.press('z');
    await page.keyboard.down('x');
    await expect(left.getByText('Prediction (blink)')).toBeVisible();
    await page.keyboard.up('x');
    await look(app, '5-close-up');
    await page.getByRole('button', { name: 'Overview' }).click();
    await expect(page.getByRole('heading', { name: 'Dice of every patient' })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'The same patients, held out and seen' })).toBeVisible();
    await expect(page.locator('svg circle[role="button"]')).toHaveCount(5);
    await look(app, '5-overview');
  });

  await test.step('6. the report is one file with figures', async () => {
    const file = join(home, 'report.html');
    await answerDialogs(app, { save: file });
    await page.getByRole('button', { name: 'Save report' }).click();
    await expect(page.getByText('The report is saved')).toBeVisible({ timeout: 120_000 });
    const html = readFileSync(file, 'utf8');
    expect(html).toContain('<svg');
    expect(html).toContain('too few');
    expect(html).toContain('2 slices too far');
    expect(readFileSync(join(home, 'report.marks.csv'), 'utf8')).toContain('wrong,2 slices too far');
    expect(html).not.toMatch(/(src|href)="(https?:|file:)/u);
    // The sample's own names of its patients are identities.
    expect(html).not.toContain('SCD0000');
  });
  expect(errors).toEqual([]);
});

async function renameLabel(app: RunningApp): Promise<void> {
  const { page } = app;
  await page.getByRole('button', { name: 'Edit labels' }).click();
  const dialog = page.getByRole('dialog', { name: 'Labels of this project' });
  await dialog.getByRole('button', { name: 'Add a label' }).click();
  await dialog.getByLabel('Number of label 2').fill('1');
  await dialog.getByLabel('Name of label 2').fill('second');
  await expect(dialog.getByRole('alert')).toContainText('Two labels have the number 1');
  await look(app, '2-labels');
  await dialog.getByRole('button', { name: 'Remove label 2' }).click();
  await dialog.getByLabel('Name of label 1').fill('LV cavity');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: /1 LV cavity/u })).toBeVisible();
}

function runs(page: Page, state: string) {
  return page.locator('aside .chip').getByText(state, { exact: true });
}

async function linkedScrolling(page: Page): Promise<void> {
  const slice = (region: string) =>
    page.getByRole('region', { name: region }).locator('canvas').first().getAttribute('aria-label');
  const before = await slice('Seen patients');
  await page.getByRole('region', { name: 'Held-out patients' }).locator('canvas').first().hover();
  for (let turn = 0; turn < 3; turn += 1) await page.mouse.wheel(0, 120);
  await expect.poll(() => slice('Seen patients')).not.toBe(before);
}

/** Marks and notes the held-out patient with keys, and finds it in the list. */
async function marked(page: Page): Promise<void> {
  const column = page.getByRole('region', { name: 'Held-out patients' });
  await column.locator('canvas').first().click();
  await page.keyboard.press('3');
  await expect(column.getByRole('button', { name: 'Wrong' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('n');
  await page.keyboard.type('2 slices too far');
  await page.keyboard.press('Escape');
  const list = page.getByRole('navigation', { name: 'Patients, worst first' });
  for (const filter of ['marked wrong', 'with a note']) {
    await list.getByLabel('Patients listed').selectOption(filter);
    await expect(list.getByRole('button')).toHaveCount(1);
  }
  await list.getByLabel('Patients listed').selectOption('all patients');
  // Keys are for the pictures again.
  await column.locator('canvas').first().click();
}
