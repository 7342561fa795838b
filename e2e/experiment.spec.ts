/** An experiment in the window: planned, started, stopped, gone on with after a crash, opened and reported. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { answerDialogs, killHard, launch } from './launch';
import { look } from './look';
import { goTo, openSample } from './steps';
import { expect, test } from './test';

/** Steps of each training; more of them make pictures of a better model. */
const STEPS = process.env['HELDOUT_E2E_STEPS'] ?? '6';

test('an experiment on the sample, from its plan to its report', async ({ home }) => {
  test.setTimeout(600_000);
  const first = await launch(home);
  let { page } = first;

  await test.step('1. before there are masks it says what to do; on the sample it is planned at once', async () => {
    await openSample(page);
    await goTo(page, 'Experiment');
    await expect(page.getByRole('heading', { name: 'Does knowing the patient help?' })).toBeVisible();
    await expect(page.locator('.costs')).toContainText('9');
    await expect(
      page.getByRole('img', { name: /patient split: .* of whom 0 are trained on too/u }),
    ).toBeVisible();
    await look(first, '6-experiment-plan');
  });

  await test.step('2. what cannot be is refused with a sentence, and the rest stands', async () => {
    await page.getByRole('checkbox', { name: /^patient\+site/u }).check();
    await expect(page.getByText('Left out: arm patient+site.')).toBeVisible();
    await page.getByRole('checkbox', { name: /^patient\+site/u }).uncheck();
    for (const arm of ['slice', 'scan', 'patient'] as const)
      await page.getByRole('checkbox', { name: new RegExp(`^${arm} `, 'u') }).uncheck();
    await expect(page.getByRole('alert')).toContainText('Name at least one arm.');
    await expect(page.getByRole('button', { name: 'Start' })).toBeDisabled();
    for (const arm of ['slice', 'patient'] as const)
      await page.getByRole('checkbox', { name: new RegExp(`^${arm} `, 'u') }).check();
    await page.getByLabel('folds, each held out once').fill('2');
    await page.getByLabel('steps of each training').fill(STEPS);
    await page.getByLabel('steps of each training').press('Tab');
    await expect(page.locator('.costs')).toContainText(`${STEPS} steps each`);
  });

  await test.step('3. it runs, shows what it has so far, and stops when it is told to', async () => {
    await page.getByRole('button', { name: 'Start' }).click();
    await expect(progress(page).getByRole('status')).toContainText('of 4 trainings done');
    await expect(done(page)).toHaveCount(2, { timeout: 120_000 });
    await expect(page.getByRole('heading', { name: 'So far, with 2 of 4 trainings' })).toBeVisible();
    await expect(page.getByText('the verdict comes last').first()).toBeVisible();
    await look(first, '6-experiment-running');
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible({ timeout: 60_000 });
    await expect(progress(page).getByRole('status')).toContainText('Stopped.');
  });

  const second = await test.step('4. it goes on after kill -9', async () => {
    await killHard(first);
    const again = await launch(home);
    page = again.page;
    await page.getByRole('button', { name: /Sunnybrook sample/u }).click();
    await goTo(page, 'Experiment');
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(page.getByRole('heading', { name: 'Verdict' })).toBeVisible({ timeout: 180_000 });
    return again;
  });

  await test.step('5. the verdict says that three patients are too few; the locked set is shut', async () => {
    await expect(page.locator('[data-verdict="too-few"]')).toContainText('3 patients');
    await expect(page.getByText('shut, 0 looks so far')).toBeVisible();
    await page.getByRole('button', { name: 'Open the locked set …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Open the locked set?' });
    await expect(dialog).toContainText('has not been looked at');
    await expect(dialog.getByRole('button', { name: 'Open and write it down' })).toBeDisabled();
    await dialog.getByLabel('What do you open it for?').fill('all trainings are done');
    await dialog.getByRole('button', { name: 'Open and write it down' }).click();
    await expect(page.getByRole('heading', { name: 'Honesty and harm' })).toBeVisible({ timeout: 60_000 });
    for (const figure of ['Familiarity ladder', 'What knowing the patient is worth'])
      expect((await page.locator('figure', { hasText: figure }).boundingBox())?.height).toBeGreaterThan(100);
    await expect(page.getByRole('cell', { name: 'all trainings are done' })).toBeVisible();
    await look(second, '6-experiment-done');
  });

  await test.step('6. the report lies with its tables, and is a look', async () => {
    const file = join(home, 'report.html');
    await answerDialogs(second, { save: file });
    await page.getByRole('button', { name: 'Save report' }).click();
    await expect(page.getByText('The report is saved')).toBeVisible();
    const html = readFileSync(file, 'utf8');
    expect(html).toContain('<svg');
    expect(html).toContain('all trainings are done');
    expect(html).not.toMatch(/(src|href)="(https?:|file:)/u);
    expect(html).not.toContain('SCD0000');
    expect(readFileSync(join(home, 'report.estimates.csv'), 'utf8')).toContain('honesty,slice');
    await expect(page.getByRole('cell', { name: 'report written' })).toBeVisible();
    const pdf = join(home, 'report.pdf');
    await answerDialogs(second, { save: pdf });
    await page.getByRole('button', { name: 'Save as PDF' }).click();
    await expect(page.getByText(/report\.pdf/u)).toBeVisible();
    expect(readFileSync(pdf).subarray(0, 5).toString()).toBe('%PDF-');
  });
  expect([...first.errors, ...second.errors]).toEqual([]);
  await second.electron.close();
});

function progress(page: Page) {
  return page.getByRole('region', { name: 'Progress' });
}

/** Trainings that are done. */
function done(page: Page) {
  return progress(page).getByRole('img', { name: /: done$/u });
}
