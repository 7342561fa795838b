/**
 * Entry of the desktop app. With `--cli` among its arguments it is the command line instead: the same operations,
 * without a window.
 */
import { app } from 'electron';
import { startDesktop } from './desktop';

const marker = process.argv.indexOf('--cli');
if (marker > 0) {
  // Not awaited: Electron gets ready only when this module has run, and helper processes need it to be.
  void import('./command-line').then(({ runCommandLineInApp }) =>
    runCommandLineInApp(process.argv.slice(marker + 1)),
  );
} else {
  const ownFolder = process.env['HELDOUT_USER_DATA'];
  if (ownFolder !== undefined && ownFolder !== '') app.setPath('userData', ownFolder);
  // A second instance brings the first one to the front and ends.
  if (app.requestSingleInstanceLock()) startDesktop();
  else app.quit();
}
