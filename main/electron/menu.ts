import { app, Menu, type MenuItemConstructorOptions } from 'electron';

/** What the menu can ask for beyond what Electron does by itself. */
export interface MenuActions {
  openProject(): void;
  closeProject(): void;
  importFolder(): void;
  importFiles(): void;
  lookIntoFolder(): void;
  showLog(): void;
}

/** The menu bar, with accelerators that do not collide with the keys of the viewer. */
export function setMenu(actions: MenuActions): void {
  const onMac = process.platform === 'darwin';
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const file: MenuItemConstructorOptions[] = [
    { label: 'Open project…', accelerator: 'CmdOrCtrl+O', click: () => actions.openProject() },
    { label: 'Close project', accelerator: 'CmdOrCtrl+Shift+W', click: () => actions.closeProject() },
    separator,
    { label: 'Import folder…', accelerator: 'CmdOrCtrl+I', click: () => actions.importFolder() },
    { label: 'Import files…', accelerator: 'CmdOrCtrl+Shift+I', click: () => actions.importFiles() },
    { label: 'Look into a folder first…', click: () => actions.lookIntoFolder() },
    separator,
    onMac ? { role: 'close' } : { role: 'quit', accelerator: 'CmdOrCtrl+Q' },
  ];
  const edit: MenuItemConstructorOptions[] = [
    // Elsewhere than on macOS the page gets these keys by itself: strokes in the viewer, text in a field.
    ...(onMac ? ([{ role: 'undo' }, { role: 'redo' }, separator] as const) : []),
    { role: 'cut' },
    { role: 'copy' },
    { role: 'paste' },
    { role: 'selectAll' },
  ];
  const view: MenuItemConstructorOptions[] = [
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { role: 'resetZoom' },
    separator,
    { role: 'togglefullscreen' },
    { role: 'reload', accelerator: 'CmdOrCtrl+Shift+R' },
    ...(app.isPackaged ? [] : [{ role: 'toggleDevTools', accelerator: 'F12' } as const]),
  ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(onMac ? [{ role: 'appMenu' } as const] : []),
      { label: 'File', submenu: file },
      { label: 'Edit', submenu: edit },
      { label: 'View', submenu: view },
      ...(onMac ? [{ role: 'windowMenu' } as const] : []),
      { role: 'help', submenu: [{ label: 'Show the log', click: () => actions.showLog() }] },
    ]),
  );
}
