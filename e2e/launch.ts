import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';

/** An app that runs, with its window. */
export interface RunningApp {
  readonly electron: ElectronApplication;
  readonly page: Page;
  /** Everything that the page printed as an error. */
  readonly errors: readonly string[];
}

interface Command {
  readonly executable: string;
  readonly args: readonly string[];
}

const LOADER = resolve('node_modules/playwright-core/lib/server/electron/loader.js');

let command: Command | null = null;

/** How to start an Electron with this checkout; installs one when there is none. */
function electronCommand(): Command {
  if (command === null) {
    const printed = execFileSync(process.execPath, [resolve('tools/electron.mjs')], { encoding: 'utf8' });
    command = JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Command;
  }
  return command;
}

/**
 * Starts the built app and waits for its window.
 *
 * @param home an own folder for settings, keys and the sample project, so that tests do not meet
 */
export async function launch(home: string, environment: Record<string, string> = {}): Promise<RunningApp> {
  mkdirSync(home, { recursive: true });
  const { executable, args } = electronCommand();
  const inherited = Object.entries(process.env).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  );
  const electron = await _electron.launch({
    executablePath: executable,
    // As the system and the app say, not as Playwright would have it.
    colorScheme: null,
    // The loader holds the app back until Playwright listens. Chromium refuses to run its process sandbox as root.
    args: [
      '-r',
      LOADER,
      ...args,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--force-device-scale-factor=1',
    ],
    env: {
      ...(Object.fromEntries(inherited) as Record<string, string>),
      HELDOUT_USER_DATA: join(home, 'user-data'),
      HELDOUT_CONFIG: join(home, 'config'),
      ...environment,
    },
  });
  const page = await electron.firstWindow();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  await page.waitForLoadState('domcontentloaded');
  return { electron, page, errors };
}

/** Ends every process of the app at once, as a power cut would. */
export async function killHard(app: RunningApp): Promise<void> {
  const ended = new Promise((done) => app.electron.process().once('exit', done));
  app.electron.process().kill('SIGKILL');
  await ended;
}

/** Lets the next dialogs of the system answer with these paths, as a person would choose them. */
export async function answerDialogs(
  app: RunningApp,
  answer: { open?: string[]; save?: string },
): Promise<void> {
  await app.electron.evaluate(({ dialog }, { open, save }) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: open === undefined, filePaths: open ?? [] });
    dialog.showSaveDialog = () => Promise.resolve({ canceled: save === undefined, filePath: save ?? '' });
  }, answer);
}

/** Drops files and folders on the middle of the window. */
export async function drop(app: RunningApp, paths: readonly string[]): Promise<void> {
  const session = await app.page.context().newCDPSession(app.page);
  const { width, height } = await app.page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
  const data = { items: [], files: paths.map((path) => resolve(path)), dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: width / 2, y: height / 2, data });
  await session.detach();
}

/** Sets the size of the page in pixels. */
export async function resize(app: RunningApp, width: number, height: number): Promise<void> {
  await app.electron.evaluate(
    ({ BrowserWindow }, size) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.unmaximize();
      window?.setContentSize(size.width, size.height);
    },
    { width, height },
  );
}
