import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { PAGE } from './protocol';
import type { SettingsFile, WindowBounds } from './settings';

const SMALLEST = { width: 960, height: 640 };

/** The remembered place when enough of it is on a screen that is still there, else the middle of the first. */
function place(stored: WindowBounds | null): Partial<WindowBounds> {
  const area = screen.getPrimaryDisplay().workArea;
  const fallback = { width: Math.min(1440, area.width), height: Math.min(900, area.height) };
  if (stored === null) return fallback;
  const onScreen = screen.getAllDisplays().some(({ workArea: display }) => {
    const width =
      Math.min(stored.x + stored.width, display.x + display.width) - Math.max(stored.x, display.x);
    const height =
      Math.min(stored.y + stored.height, display.y + display.height) - Math.max(stored.y, display.y);
    return width >= 200 && height >= 200;
  });
  const { x, y, width, height } = stored;
  return onScreen ? { x, y, width, height } : fallback;
}

/** Opens the window: sandboxed, isolated, without Node, showing nothing but the app's own page. */
export function openWindow(preload: string, settings: SettingsFile): BrowserWindow {
  const window = new BrowserWindow({
    ...place(settings.window),
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    show: false,
    title: 'Heldout',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#f7f8fa',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      spellcheck: false,
      navigateOnDragDrop: false,
      enableWebSQL: false,
      disableDialogs: true,
    },
  });
  window.once('ready-to-show', () => {
    if (settings.window?.maximised === true) window.maximize();
    window.show();
  });
  let timer: NodeJS.Timeout | undefined;
  const remember = () => {
    clearTimeout(timer);
    if (window.isDestroyed() || window.isMinimized()) return;
    void settings
      .setWindow({ ...window.getNormalBounds(), maximised: window.isMaximized() })
      .catch(() => undefined);
  };
  const rememberSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(remember, 400);
  };
  window.on('resize', rememberSoon);
  window.on('move', rememberSoon);
  window.on('close', remember);
  // Quitting ends the app before a write that begins at 'close' would be done.
  app.on('before-quit', remember);
  window.on('closed', () => app.off('before-quit', remember));
  void window.loadURL(PAGE);
  return window;
}
