import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { HeldoutError, toFailure, type Failure, type Outcome } from '#src/contracts/failure';
import { call, dispatch, type Handlers } from './dispatch';
import { PAGE } from './protocol';

/** Whether a message comes from the app's own page in the main frame of its own window. */
function isOwnPage(event: IpcMainInvokeEvent, window: () => WebContents | null): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && frame.url.startsWith(PAGE) && event.sender === window();
}

/**
 * Answers the page: every message must come from the app's own page and fit its channel's schema.
 *
 * @param report is told of every failure, for the log; what it returns goes to the page
 */
export function openBridge(
  handlers: Handlers,
  window: () => WebContents | null,
  report: (failure: Failure) => Failure,
): void {
  const refused = (): Outcome<never> => ({
    ok: false,
    failure: report({ code: 'usage', sentence: 'Only the window of Heldout may ask for this.' }),
  });
  ipcMain.handle('heldout:invoke', (event, channel: unknown, request: unknown) =>
    isOwnPage(event, window) ? dispatch(handlers, channel, request, report) : refused(),
  );
  ipcMain.handle('heldout:drop', async (event, paths: unknown): Promise<Outcome<unknown>> => {
    if (!isOwnPage(event, window)) return refused();
    try {
      if (!Array.isArray(paths) || paths.length === 0)
        throw new HeldoutError(
          'usage',
          'What was dropped is not a file or a folder on this computer. Drop a DICOM folder, a zip or NIfTI files.',
        );
      return { ok: true, value: await call(handlers, 'import.paths', { paths }) };
    } catch (error) {
      return { ok: false, failure: report(toFailure(error)) };
    }
  });
}
