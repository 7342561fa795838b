import type { Handlers } from '../dispatch';
import type { Workspace } from '../workspace';
import { blinding } from './blinding';
import { compareHandlers } from './compare';
import { engineHandlers } from './engines';
import { experimentHandlers } from './experiments';
import { importHandlers } from './import';
import { libraryHandlers } from './library';
import { maskHandlers } from './masks';
import { personHandlers } from './persons';
import { projectHandlers } from './project';
import { readingHandlers } from './readings';
import { runHandlers } from './runs';
import { settingsHandlers } from './settings';
import { splitHandlers } from './splits';

/** What answers each channel of the bridge, over one workspace. */
export function handlersOf(workspace: Workspace): Handlers {
  return blinding(workspace, {
    ...settingsHandlers(workspace),
    ...projectHandlers(workspace),
    ...importHandlers(workspace),
    ...libraryHandlers(workspace),
    ...personHandlers(workspace),
    ...maskHandlers(workspace),
    ...splitHandlers(workspace),
    ...runHandlers(workspace),
    ...experimentHandlers(workspace),
    ...compareHandlers(workspace),
    ...readingHandlers(workspace),
    ...engineHandlers(workspace),
  });
}
