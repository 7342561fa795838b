import { basename, join } from 'node:path';
import { app, dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';

/** Questions that the system asks the person; each answers null when the person cancels. */
export interface Dialogs {
  /** A place for a new project: a folder that ends in `.heldout`. */
  newProject(name: string): Promise<string | null>;
  existingProject(): Promise<string | null>;
  importFrom(kind: 'folder' | 'files'): Promise<string[] | null>;
  /** Predictions that were made elsewhere. */
  predictions(): Promise<string | null>;
  /** The file that says who trained a model. */
  whoTrained(): Promise<string | null>;
  saveReport(name: string, kind?: 'html' | 'pdf'): Promise<string | null>;
  saveTable(name: string): Promise<string | null>;
}

/** A name that every file system takes. */
function fileName(name: string): string {
  return name.replaceAll(/[<>:"/\\|?*\p{Cc}]/gu, ' ').trim() || 'Heldout';
}

/** Dialogs of the system, over the app's window. */
export function systemDialogs(window: () => BrowserWindow | null): Dialogs {
  const open = async (options: OpenDialogOptions) => {
    const parent = window();
    const answer = await (parent === null
      ? dialog.showOpenDialog(options)
      : dialog.showOpenDialog(parent, options));
    return answer.canceled || answer.filePaths.length === 0 ? null : answer.filePaths;
  };
  const save = async (options: Electron.SaveDialogOptions) => {
    const parent = window();
    const answer = await (parent === null
      ? dialog.showSaveDialog(options)
      : dialog.showSaveDialog(parent, options));
    return answer.canceled || answer.filePath === '' ? null : answer.filePath;
  };
  return {
    async newProject(name) {
      const chosen = await save({
        title: 'Where should the project be kept?',
        buttonLabel: 'Create',
        defaultPath: join(app.getPath('documents'), `${fileName(name)}.heldout`),
        properties: ['createDirectory', 'showOverwriteConfirmation'],
      });
      return chosen === null || basename(chosen).endsWith('.heldout') ? chosen : `${chosen}.heldout`;
    },
    async existingProject() {
      const chosen = await open({
        title: 'Open a project: a folder that ends in .heldout',
        buttonLabel: 'Open',
        properties: ['openDirectory'],
      });
      return chosen?.[0] ?? null;
    },
    importFrom(kind) {
      return kind === 'folder'
        ? open({
            title: 'Import folders of images or masks',
            buttonLabel: 'Import',
            properties: ['openDirectory', 'multiSelections'],
          })
        : open({
            title: 'Import zip, NIfTI or DICOM files',
            buttonLabel: 'Import',
            properties: ['openFile', 'multiSelections'],
          });
    },
    async predictions() {
      const chosen = await open({
        title: 'Choose the folder with the predictions',
        buttonLabel: 'Import',
        properties: ['openDirectory'],
      });
      return chosen?.[0] ?? null;
    },
    async whoTrained() {
      const chosen = await open({
        title: 'Choose the file that says who trained: splits_final.json, a data list or a CSV',
        buttonLabel: 'Choose',
        properties: ['openFile'],
        filters: [{ name: 'Split or table', extensions: ['json', 'csv'] }],
      });
      return chosen?.[0] ?? null;
    },
    saveTable(name) {
      return save({
        title: 'Save the list',
        defaultPath: join(app.getPath('documents'), `${fileName(name)}.csv`),
        filters: [{ name: 'Table', extensions: ['csv'] }],
      });
    },
    saveReport(name, kind = 'html') {
      return save({
        title: 'Save the report',
        defaultPath: join(app.getPath('documents'), `${fileName(name)}.${kind}`),
        filters: [{ name: kind === 'pdf' ? 'PDF' : 'Web page', extensions: [kind] }],
      });
    },
  };
}
