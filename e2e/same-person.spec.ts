/** One person under two ids is offered for merging, with what it does to splits, and the merge is taken back. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drop } from './launch';
import { look } from './look';
import { closeReport, goTo, openSample, unpackSample } from './steps';
import { expect, test } from './test';

/** A copy of a patient's files under another PatientID of the same length. */
function renamedCopy(from: string, to: string, id: string, other: string): void {
  cpSync(from, to, { recursive: true });
  for (const entry of readdirSync(to, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    writeFileSync(file, readFileSync(file, 'latin1').replaceAll(id, other), 'latin1');
  }
}

test('a patient who comes again under another id is offered for merging', async ({ app, home }) => {
  const { page } = app;
  await openSample(page);
  const { dicom } = unpackSample(home);
  const copy = join(home, 'again');
  renamedCopy(join(dicom, 'SCD0000101'), copy, 'SCD0000101', 'SCD0000999');
  await drop(app, [copy]);
  await closeReport(page);
  // The copy has nothing to see for its reader: its masks are empty and done, so a split takes it.
  await page.evaluate(async () => {
    const library = await window.heldout.invoke('library.list');
    if (!library.ok) throw new Error(library.failure.sentence);
    for (const { id } of library.value.scans.filter(({ patient }) => patient === 'P0006')) {
      const mask = await window.heldout.invoke('mask.open', { scanId: id });
      if (!mask.ok) throw new Error(mask.failure.sentence);
      const { maskId } = mask.value;
      await window.heldout.invoke('mask.setStatus', { maskId, status: 'done' });
      await window.heldout.invoke('mask.close', { maskId });
    }
    const plan = { design: 'patient', folds: 6, heldOut: null, locked: 0, seed: 1 } as const;
    const split = await window.heldout.invoke('split.create', { name: 'by-patient', plan });
    if (!split.ok) throw new Error(split.failure.sentence);
  });

  await goTo(page, 'Library');
  const panel = page.getByRole('region', { name: 'Possibly the same person' });
  await expect(panel.getByText('same study (StudyInstanceUID)')).toBeVisible();
  await expect(panel.getByText(/^nearly identical images \(P0001\.\d and P0006\.\d\)/u)).toBeVisible();
  await expect(panel.getByText('Merging marks the split “by-patient” as leaking.')).toBeVisible();
  await expect(panel.locator('canvas[data-drawn="true"]')).toHaveCount(2);
  await look(app, 'same-person');

  await panel.getByRole('button', { name: 'Merge P0006 into P0001' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'P0006' })).toBeHidden();
  const toast = page.getByRole('status').filter({ hasText: 'P0006 is one patient with P0001 now.' });
  await expect(toast.getByRole('button', { name: 'Undo' })).toBeVisible();
  await look(app, 'same-person-merged');

  await goTo(page, 'Split');
  await page.getByRole('button', { name: /by-patient/u }).click();
  await expect(page.getByText(/P0006 was merged into P0001 after this split was made/u)).toBeVisible();

  await goTo(page, 'Library');
  await page.getByRole('button', { name: 'Undo the merge of P0006 into P0001' }).click();
  await expect(page.getByRole('heading', { name: 'P0006' })).toBeVisible();
  await panel.getByRole('button', { name: 'P0001 and P0006 are two people' }).click();
  await expect(panel).toBeHidden();
  expect(app.errors).toEqual([]);
});
