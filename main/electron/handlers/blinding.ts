import type { ChannelName } from '#src/contracts/channels';
import { HeldoutError } from '#src/contracts/failure';
import type { Handlers } from '../dispatch';
import type { Workspace } from '../workspace';

/** Channels that a window may use while it reads blinded: their answers name neither patients nor scans nor runs. */
const OPEN: ReadonlySet<ChannelName> = new Set<ChannelName>([
  'app.info',
  'settings.get',
  'settings.set',
  'project.current',
  'project.close',
  'job.cancel',
  'engines.list',
  'reading.list',
  'reading.current',
  'reading.case',
  'reading.answer',
  'reading.pause',
  'reading.finish',
]);

/** The same handlers, closed while a session is being read for everything that could tell what is shown. */
export function blinding(workspace: Workspace, handlers: Handlers): Handlers {
  const guarded = Object.entries(handlers).map(([channel, handler]) => [
    channel,
    OPEN.has(channel as ChannelName)
      ? handler
      : (request: unknown) => {
          if (workspace.reading !== null)
            throw new HeldoutError(
              'conflict',
              'A blinded reading is under way: pause or finish it before you look at anything else.',
            );
          return (handler as (request: unknown) => unknown)(request);
        },
  ]);
  return Object.fromEntries(guarded) as Handlers;
}
