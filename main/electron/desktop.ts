import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserWindow } from 'electron';
import { app, clipboard, dialog, nativeTheme, shell } from 'electron';
import type { Events } from '#src/contracts/channels';
import { toFailure, type Failure } from '#src/contracts/failure';
import { prepareImport } from '#main/operations/import';
import { fileKeyVault } from '#main/store/key-vault';
import { openBridge } from './bridge';
import { systemDialogs } from './dialogs';
import { handlersOf } from './handlers/index';
import { call, type Handlers } from './dispatch';
import { keychainVault } from './keychain';
import { lockDown } from './lockdown';
import { openLog, type Log } from './log';
import { setMenu } from './menu';
import { openFile, printPdf } from './print-pdf';
import { registerScheme, servePage } from './protocol';
import { SettingsFile } from './settings';
import { utilityLauncher } from './utility-launcher';
import { openWindow } from './window';
import { Workspace } from './workspace';

/** Folder of the built main process (out/main); the page and the preload script lie beside it. */
const MAIN = fileURLToPath(new URL('.', import.meta.url));
const PRELOAD = join(MAIN, '../preload/preload.cjs');
const RENDERER = join(MAIN, '../renderer');

/** A page that dies again within this time (ms) is not loaded a second time without asking. */
const SOON = 10_000;

/** Starts the desktop app. Must be called before Electron is ready. */
export function startDesktop(): void {
  registerScheme();
  const userData = app.getPath('userData');
  const log = openLog(join(userData, 'logs'), app.getAppPath());
  process.on('uncaughtException', (error) => log.write('error', toFailure(error).details ?? ''));
  process.on('unhandledRejection', (error) => log.write('error', toFailure(error).details ?? ''));
  lockDownWhenReady(log);
  void app.whenReady().then(() => new Desktop(userData, log));
}

function lockDownWhenReady(log: Log): void {
  app.on('ready', () => lockDown((what) => log.write('warning', `refused: ${what}`)));
}

/** The running app: one window over one workspace. */
class Desktop {
  #window: BrowserWindow | null = null;
  #isQuitting = false;
  readonly #settings: SettingsFile;
  readonly #workspace: Workspace;
  readonly #handlers: Handlers;

  constructor(
    userData: string,
    private readonly log: Log,
  ) {
    this.#settings = new SettingsFile(join(userData, 'settings.json'));
    nativeTheme.themeSource = this.#settings.page.theme;
    this.#workspace = new Workspace({
      emit: (event, payload) => this.#emit(event, payload),
      keyVault: keychainVault(join(userData, 'keys'), fileKeyVault()),
      launcher: utilityLauncher(MAIN),
      settings: this.#settings,
      dialogs: systemDialogs(() => this.#window),
      reload: () => this.#window?.webContents.reload(),
      copy: (text) => clipboard.writeText(text),
      printPdf,
      openFile,
      report: (failure) => this.#report(failure),
      ownFolder: userData,
    });
    this.#handlers = handlersOf(this.#workspace);
    servePage(RENDERER);
    openBridge(
      this.#handlers,
      () => this.#window?.webContents ?? null,
      (failure) => this.#report(failure),
    );
    this.#listen();
    this.#show();
    log.write(
      'info',
      `Heldout ${app.getVersion()}, Electron ${process.versions.electron}, ${process.platform}`,
    );
  }

  #listen(): void {
    setMenu({
      openProject: () => this.#ask('project.open', undefined),
      closeProject: () => this.#ask('project.close', undefined),
      importFolder: () => this.#ask('import.choose', { kind: 'folder' }),
      importFiles: () => this.#ask('import.choose', { kind: 'files' }),
      lookIntoFolder: () => this.#ask('import.choose', { kind: 'folder', look: true }),
      showLog: () => shell.showItemInFolder(this.log.file),
    });
    app.on('second-instance', () => this.#show());
    app.on('activate', () => this.#show());
    app.on('window-all-closed', () => app.quit());
    app.on('before-quit', (event) => {
      if (this.#isQuitting) return;
      // First everything is saved and stopped, then the app ends.
      event.preventDefault();
      this.#isQuitting = true;
      void this.#workspace
        .close()
        .catch((error: unknown) => this.#report(toFailure(error)))
        .then(() => this.#settings.settled())
        .finally(() => app.quit());
    });
  }

  /** Shows the window, opening it when there is none. */
  #show(): void {
    if (this.#window !== null) {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.focus();
      return;
    }
    const window = openWindow(PRELOAD, this.#settings);
    this.#window = window;
    window.on('closed', () => (this.#window = null));
    // Once there is something to see: what a newcomer does next is drop a folder.
    window.once('ready-to-show', prepareImport);
    let lastDeath = -Infinity;
    window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      if (this.#isQuitting || reason === 'clean-exit') return;
      this.log.write('error', `the page ended: ${reason}, code ${exitCode}`);
      const again = performance.now() - lastDeath < SOON;
      lastDeath = performance.now();
      if (again && this.#giveUp(window)) return;
      window.webContents.reload();
    });
    // A page that was loaded again knows nothing of the masks that the one before it had open.
    window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument)
        void this.#workspace.closeMasks().catch((error: unknown) => this.#report(toFailure(error)));
    });
  }

  /** Asks after a second crash in short time; true when the person wants to quit. */
  #giveUp(window: BrowserWindow): boolean {
    const answer = dialog.showMessageBoxSync(window, {
      type: 'error',
      message: 'The window has stopped working twice in a row.',
      detail: `Every finished stroke is saved. The log is in ${this.log.file}.`,
      buttons: ['Load it again', 'Quit'],
    });
    if (answer === 1) app.quit();
    return answer === 1;
  }

  #emit<E extends keyof Events>(event: E, payload: Events[E]): void {
    const contents = this.#window?.webContents;
    if (contents !== undefined && !contents.isDestroyed()) contents.send('heldout:event', event, payload);
  }

  /** Logs a failure and takes its details away: they may quote a path or an identity. */
  #report(failure: Failure): Failure {
    const { code, sentence, details } = failure;
    if (code !== 'cancelled')
      this.log.write('error', details === undefined ? `${code}: ${sentence}` : `${code}: ${details}`);
    return { code, sentence };
  }

  /** Does from the menu what the page can ask for; the page hears of the result through events. */
  #ask<C extends 'project.open' | 'project.close' | 'import.choose'>(channel: C, request: unknown): void {
    call(this.#handlers, channel, request).catch((error: unknown) => {
      const { sentence } = this.#report(toFailure(error));
      const options = { type: 'error', message: sentence } as const;
      void (this.#window === null
        ? dialog.showMessageBox(options)
        : dialog.showMessageBox(this.#window, options));
    });
  }
}
