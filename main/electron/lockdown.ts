import { app, session } from 'electron';
import { PAGE } from './protocol';

/** Whether the page may load this address: its own scheme, what it made itself, and the developer tools. */
function isOwn(url: string): boolean {
  return url.startsWith(PAGE) || /^(?:devtools|data|blob):/u.test(url);
}

/**
 * Takes from every page what it does not need: permissions, the network, navigation, new windows, webviews and
 * downloads.
 *
 * @param refused is told what was refused, for the log
 */
export function lockDown(refused: (what: string) => void): void {
  const own = session.defaultSession;
  own.setPermissionCheckHandler(() => false);
  own.setPermissionRequestHandler((_contents, permission, answer) => {
    refused(`permission ${permission}`);
    answer(false);
  });
  own.setDevicePermissionHandler(() => false);
  own.webRequest.onBeforeRequest(({ url }, answer) => {
    if (isOwn(url)) return answer({});
    refused('a request to the network');
    answer({ cancel: true });
  });
  own.on('will-download', (event) => {
    refused('a download');
    event.preventDefault();
  });
  // The dictionaries of the spell checker would come from the network.
  own.setSpellCheckerEnabled(false);

  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      refused('navigation');
      event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (isOwn(event.url) && event.isMainFrame) return;
      refused('navigation of a frame');
      event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => {
      refused('a webview');
      event.preventDefault();
    });
    contents.setWindowOpenHandler(() => {
      refused('a new window');
      return { action: 'deny' };
    });
  });
}
