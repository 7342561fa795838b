import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';

/** The shipped sample, unpacked into `folder`: `dicom` and `masks` in it. */
export function unpackSample(folder: string): { readonly dicom: string; readonly masks: string } {
  execFileSync('python3', ['-m', 'zipfile', '-e', resolve('samples/sunnybrook-sample.zip'), folder]);
  return { dicom: join(folder, 'dicom'), masks: join(folder, 'masks') };
}

/** Opens the shipped sample from the first screen and closes its report. */
export async function openSample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Open the sample' }).click();
  await closeReport(page);
  await expect(page.getByRole('heading', { name: 'P0001' })).toBeVisible();
}

/** Waits for an import's report and closes it. */
export async function closeReport(page: Page): Promise<void> {
  const report = page.getByRole('dialog', { name: 'What was imported' });
  await expect(report).toBeVisible();
  await report.getByRole('button', { name: 'Go to the library' }).click();
  await expect(report).toBeHidden();
}

/** The screen behind a tab of the top bar. */
export async function goTo(
  page: Page,
  tab: 'Library' | 'Split' | 'Train' | 'Compare' | 'Reading' | 'Experiment',
): Promise<void> {
  await page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: tab }).click();
}

/** Numbers of an import's report by their nouns. */
export async function reported(page: Page): Promise<Record<string, number>> {
  const report = page.getByRole('dialog', { name: 'What was imported' });
  await expect(report).toBeVisible();
  const facts = await report.locator('dl > div').allInnerTexts();
  return Object.fromEntries(
    facts.map((fact) => {
      const [number = '', noun = ''] = fact.split('\n');
      return [noun, Number(number)];
    }),
  );
}

/** Opens a scan for painting and waits until its image is there. */
export async function openScan(page: Page, scan: string): Promise<Locator> {
  await page.getByRole('button', { name: `Open ${scan}:` }).click();
  const canvas = page.locator('canvas[data-plane="0"]');
  await expect(canvas).toBeVisible();
  return canvas;
}

/** Drags the pointer from one place of an element to another; places are shares of its width and height. */
export async function stroke(
  page: Page,
  on: Locator,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  const box = await on.boundingBox();
  if (box === null) throw new Error('nothing to paint on');
  const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 8 });
  await page.mouse.up();
}

/** Waits until every finished stroke is on disk. */
export async function saved(page: Page): Promise<void> {
  await expect(page.locator('[data-saving="saved"]')).toBeVisible();
}

/** Millilitres painted of a label, as the side panel says. */
export async function millilitres(page: Page, label: string): Promise<number> {
  const text = await page.getByRole('button', { name: new RegExp(`${label}.*(ml|–)`, 'u') }).innerText();
  return Number(/([\d.]+) ml/u.exec(text)?.[1] ?? 0);
}
