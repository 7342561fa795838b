import { BrowserWindow, shell } from 'electron';
import { HeldoutError } from '#src/contracts/failure';

/**
 * A self-contained web page as a PDF (A4). The page is shown to nobody, runs no script and reaches nothing.
 *
 * @throws HeldoutError `internal` when it cannot be loaded
 */
export async function printPdf(page: string): Promise<Uint8Array> {
  const window = new BrowserWindow({
    show: false,
    webPreferences: { javascript: false, sandbox: true, contextIsolation: true },
  });
  try {
    await window.loadURL(`data:text/html;charset=utf-8;base64,${Buffer.from(page).toString('base64')}`);
    return await window.webContents.printToPDF({ pageSize: 'A4', printBackground: true });
  } catch (error) {
    throw new HeldoutError('internal', 'The report cannot be printed: save it as a web page.', String(error));
  } finally {
    window.destroy();
  }
}

/** Opens a file with the program that the system has for it. @throws HeldoutError `resource` when there is none */
export async function openFile(file: string): Promise<void> {
  const problem = await shell.openPath(file);
  if (problem !== '')
    throw new HeldoutError(
      'resource',
      'No program on this computer opens this file: open it by hand.',
      problem,
    );
}
