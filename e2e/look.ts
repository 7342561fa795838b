import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { resize, type RunningApp } from './launch';

/** Where the pictures of every screen are put, to be looked at. */
const PICTURES = 'out/screens';

const SIZES = [
  [1280, 800],
  [1920, 1080],
] as const;

/**
 * Takes a picture of what the window shows in light and in dark and in both sizes, and holds it against axe's rules:
 * nothing may be found.
 */
export async function look(app: RunningApp, name: string): Promise<void> {
  const { page } = app;
  for (const [width, height] of SIZES) {
    await resize(app, width, height);
    await expect.poll(() => page.evaluate(() => innerWidth)).toBe(width);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      // Canvases are drawn in the frame after they learn of their size.
      await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
      );
      await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}-${width}.png`) });
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`),
        `axe on ${name}, ${colorScheme}, ${width}`,
      ).toEqual([]);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await resize(app, ...SIZES[0]);
}
