/** Bring your own model: nnU-Net's results become runs in the window, with nothing trained there. */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerDialogs } from './launch';
import { look } from './look';
import { goTo, openSample, unpackSample } from './steps';
import { expect, test } from './test';

test('predictions made elsewhere are imported and compared', async ({ app, home }) => {
  const { page } = app;
  await openSample(page);
  // The masks of the sample stand for predictions, as nnU-Net leaves them: each patient is held out once.
  const { masks } = unpackSample(home);
  const results = join(home, 'results');
  const names = readdirSync(masks).map((file) => file.replace('.nii.gz', ''));
  const patients = [...new Set(names.map((name) => name.slice(0, 10)))];
  patients.forEach((patient, fold) => {
    const folder = join(results, `fold_${fold}`, 'validation');
    mkdirSync(folder, { recursive: true });
    for (const name of names.filter((each) => each.startsWith(patient)))
      cpSync(join(masks, `${name}.nii.gz`), join(folder, `${name}.nii.gz`));
  });
  const folds = patients.map((patient) => ({
    train: names.filter((name) => !name.startsWith(patient)),
    val: names.filter((name) => name.startsWith(patient)),
  }));

  await goTo(page, 'Train');
  await page.getByRole('button', { name: 'Import predictions …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import predictions' });
  await dialog.getByLabel('Name').fill('Not a name');
  await expect(dialog.getByText('Use small letters, digits and hyphens.')).toBeVisible();
  await dialog.getByLabel('Name').fill('theirs');
  await answerDialogs(app, { open: [results] });
  await look(app, 'import-predictions');

  // Nobody has said yet who trained the models.
  await dialog.getByRole('button', { name: 'Choose the folder …' }).click();
  await expect(dialog.getByRole('alert')).toContainText('There is no splits_final.json in results');
  writeFileSync(join(results, 'splits_final.json'), JSON.stringify(folds));
  await dialog.getByRole('button', { name: 'Choose the folder …' }).click();
  await expect(dialog.getByText('5 runs are imported.')).toBeVisible();
  await expect(dialog.getByText('theirs-fold4: 2 of 2 held-out and 0 of 8 seen scans')).toBeVisible();
  await look(app, 'imported-predictions');
  await dialog.getByRole('button', { name: 'Close' }).click();

  // Runs without curves and without anything to go on with.
  await expect(page.getByRole('button', { name: /theirs-fold\d imported/u })).toHaveCount(5);
  await expect(page.getByText(/These predictions were made elsewhere/u)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Resume' })).toHaveCount(0);

  await page.getByRole('button', { name: 'Compare', exact: true }).last().click();
  await expect(page.locator('[data-verdict="too-few"]')).toContainText(
    'no predictions of patients that the model trained on',
  );
  await expect(page.getByRole('combobox', { name: 'Run' })).toContainText('made elsewhere');
  await look(app, 'compare-imported');
  expect(app.errors).toEqual([]);
});
