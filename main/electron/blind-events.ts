import type { EventName } from '#src/contracts/channels';

/** Events that name neither patients nor scans nor runs: the only ones that a window hears of while it reads blinded. */
const BLIND: ReadonlySet<EventName> = new Set<EventName>(['project.changed', 'job.ended']);

export function isBlind(event: EventName): boolean {
  return BLIND.has(event);
}
