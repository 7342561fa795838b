/** A blinded reading in the real window: what its page holds in memory says neither who nor what is shown. */
import type { Page } from '@playwright/test';
import type { ChannelName, Request, Responses } from '#src/contracts/channels';
import { heapOf, type Heap } from './heap';
import { look } from './look';
import { goTo, openSample } from './steps';
import { expect, test } from './test';

/** Asks the main process as the page does. */
async function ask<C extends ChannelName>(
  page: Page,
  channel: C,
  request?: Request<C>,
): Promise<Responses[C]> {
  const outcome = await page.evaluate(
    ([name, body]) =>
      (window.heldout.invoke as (name: string, body: unknown) => Promise<unknown>)(name, body) as Promise<
        { ok: true; value: unknown } | { ok: false; failure: { sentence: string } }
      >,
    [channel, request] as const,
  );
  if (!outcome.ok) throw new Error(outcome.failure.sentence);
  return outcome.value as Responses[C];
}

test('a reader reads blinded, pauses, corrects an answer, finishes and sees what it was', async ({ app }) => {
  const { page, errors } = app;
  await openSample(page);
  await goTo(page, 'Reading');
  await expect(page.getByRole('heading', { name: 'Nothing to read yet' })).toBeVisible();
  await trainTwoFolds(page);
  const { scans, patients } = await ask(page, 'library.list');
  const runs = await ask(page, 'run.list');
  const hidden = [
    ...scans.flatMap(({ scan, voxels }) => [scan, voxels]),
    ...patients.map(({ patient }) => patient),
    ...runs.map(({ id }) => id),
    'by patient',
  ];
  const found = ({ strings }: Heap) =>
    hidden.filter((name) =>
      strings.some((each) => each === name || (name.length > 5 && each.includes(name))),
    );

  await test.step('the form says what a session would be', async () => {
    await expect(page.getByRole('heading', { name: 'Start a blinded reading' })).toBeVisible();
    await page.getByLabel('Which of the two predictions is better?').check();
    await page.getByLabel(/^Cases for each/u).fill('4');
    await page.getByLabel('Seed').fill('7');
    await page.getByLabel('Reader').fill('Ann');
    await expect(page.getByText(/4 cases of \d patients, 1 of them twice/u)).toHaveCount(2);
    await page.screenshot({ path: 'out/screens/7-reading-start.png' });
    // The page knows its patients now, and the search finds them.
    expect(found(await heapOf(page))).toEqual(hidden);
  });

  await test.step('the page that reads holds no patient, no scan, no run and no side', async () => {
    await page.getByRole('button', { name: 'Start reading' }).click();
    await expect(page.getByText('Case 1 of 10')).toBeVisible({ timeout: 120_000 });
    await expect(page.getByRole('navigation', { name: 'Steps' })).toBeHidden();
    await holdsNothing(page);
    for (const channel of ['library.list', 'run.list', 'reading.list'] as const) {
      const outcome = await page.evaluate((name) => window.heldout.invoke(name), channel);
      expect(outcome.ok, channel).toBe(channel === 'reading.list');
    }
    await look(app, '7-reading-case');
  });

  await test.step('everything is done with the keyboard', async () => {
    const slice = () => page.locator('canvas').first().getAttribute('aria-label');
    const before = await slice();
    await page.keyboard.press('ArrowDown');
    await expect.poll(slice).not.toBe(before);
    await page.keyboard.press('n');
    await page.keyboard.type('1 apex');
    await page.keyboard.press('Escape');
    await page.keyboard.press('3');
    await expect(page.getByText('Case 2 of 10')).toBeVisible();
    await page.keyboard.press('2');
    await expect(page.getByText('Case 3 of 10')).toBeVisible();
    await page.keyboard.press('Backspace');
    await expect(page.getByText('Case 2 of 10')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Clinically acceptable' })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
    await page.keyboard.press('1');
    await expect(page.getByText('Case 3 of 10')).toBeVisible();
  });

  await test.step('a new load of the page stays blinded, a pause opens the project again', async () => {
    await page.reload();
    await expect(page.getByText('Case 3 of 10')).toBeVisible();
    await holdsNothing(page);
    await page.keyboard.press('p');
    await expect(page.getByRole('button', { name: /Ann continue/u })).toBeVisible();
    await goTo(page, 'Library');
    await expect(page.getByRole('heading', { name: 'P0001' })).toBeVisible();
    await goTo(page, 'Reading');
    await page.getByRole('button', { name: /Ann continue/u }).click();
    await expect(page.getByText('Case 3 of 10')).toBeVisible();
    await holdsNothing(page);
  });

  await test.step('two predictions side by side, and the end', async () => {
    for (let number = 3; number <= 10; number += 1) {
      await expect(page.getByText(`Case ${number} of 10`)).toBeVisible();
      if (number === 7) await page.screenshot({ path: 'out/screens/7-reading-pair.png' });
      await page.keyboard.press(number <= 5 ? '1' : number % 2 === 0 ? '1' : '3');
    }
    await expect(page.getByRole('heading', { name: 'Every case has an answer' })).toBeVisible();
    await holdsNothing(page);
    await page.keyboard.press('f');
    await page.getByRole('dialog').getByRole('button', { name: 'Finish and unblind' }).click();
    await expect(page.getByRole('heading', { name: 'What Ann read' })).toBeVisible();
    await expect(page.getByText(/accepted, held-out/u)).toBeVisible();
    await expect(page.getByText(/of 2: \d+ % \(\d+ to \d+\)/u).first()).toBeVisible();
    await expect(page.getByRole('cell', { name: '1 apex' })).toBeVisible();
    await look(app, '7-reading-results');
    const heap = await heapOf(page);
    expect(found(heap)).toEqual(hidden);
    expect(heap.objectsWith('side', 'run').length).toBeGreaterThan(0);
    expect(heap.objectsWith('patient', 'scan').length).toBeGreaterThan(0);
  });
  expect(errors).toEqual([]);

  async function holdsNothing(reading: Page): Promise<void> {
    await expect(
      reading
        .locator('canvas')
        .or(reading.getByRole('heading', { name: /^Every case/u }))
        .first(),
    ).toBeVisible();
    const heap = await heapOf(reading);
    expect(found(heap)).toEqual([]);
    // The cases that the page holds have these properties and no other.
    const own = [
      'session',
      'number',
      'question',
      'geometry',
      'sampleType',
      'samples',
      'window',
      'invertDisplay',
    ];
    for (const names of heap.objectsWith('sampleType', 'invertDisplay', 'question'))
      expect(names.filter((name) => ![...own, 'left', 'right', 'answer', 'note'].includes(name))).toEqual([]);
    // Nothing in memory pairs a run or a patient with a side.
    expect(heap.objectsWith('side', 'run')).toEqual([]);
    // What the experiment screen says of each design is no record of a patient.
    const records = heap.objectsWith('patient', 'scan').filter((names) => !names.includes('patient+site'));
    expect(records).toEqual([]);
  }
});

/** Two folds of a split by patient, trained for moments: predictions are real, however poor. */
async function trainTwoFolds(page: Page): Promise<void> {
  const plan = { design: 'patient' as const, folds: 5, heldOut: null, locked: 0, seed: 1 };
  await ask(page, 'split.create', { name: 'by patient', plan });
  await ask(page, 'run.start', { split: 'by patient', folds: [0, 1], minutes: 0.1, seed: 1 });
  await expect
    .poll(async () => (await ask(page, 'run.list')).map(({ state }) => state), { timeout: 180_000 })
    .toEqual(['done', 'done']);
}
