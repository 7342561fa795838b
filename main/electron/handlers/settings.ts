import { app, nativeTheme } from 'electron';
import type { Handlers } from '../dispatch';
import type { Workspace } from '../workspace';

export function settingsHandlers(
  workspace: Workspace,
): Pick<Handlers, 'app.info' | 'settings.get' | 'settings.set'> {
  const { settings } = workspace.around;
  return {
    'app.info': () => ({
      version: app.getVersion(),
      electron: process.versions.electron,
      platform: process.platform,
    }),
    'settings.get': () => settings.page,
    async 'settings.set'(page) {
      nativeTheme.themeSource = page.theme;
      await settings.setPage(page);
      return page;
    },
  };
}
