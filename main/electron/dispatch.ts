import * as v from 'valibot';
import { requests, type ChannelName, type Request, type Responses } from '#src/contracts/channels';
import { HeldoutError, toFailure, type Failure, type Outcome } from '#src/contracts/failure';

/** What answers each channel. */
export type Handlers = {
  readonly [C in ChannelName]: (request: Request<C>) => Responses[C] | Promise<Responses[C]>;
};

/** Channels that the page may not call by name: their requests carry paths, which only a drop may bring. */
const INTERNAL: ReadonlySet<string> = new Set<ChannelName>(['import.paths']);

function isChannel(name: unknown): name is ChannelName {
  return typeof name === 'string' && Object.hasOwn(requests, name);
}

/**
 * Answers one message of the page: checks the channel's name, checks the request against the channel's schema,
 * calls the handler, and gives back its answer or a failure as a value. Never throws.
 *
 * @param report is told of every failure, for the log; what it returns goes to the page
 */
export async function dispatch(
  handlers: Handlers,
  channel: unknown,
  request: unknown,
  report: (failure: Failure) => Failure,
): Promise<Outcome<unknown>> {
  try {
    if (!isChannel(channel) || INTERNAL.has(channel))
      throw new HeldoutError('usage', 'The window asked for something that it may not ask for.');
    return { ok: true, value: await call(handlers, channel, request) };
  } catch (error) {
    return { ok: false, failure: report(toFailure(error)) };
  }
}

/**
 * Checks the request against the channel's schema and calls its handler.
 *
 * @throws usage when the request does not fit; whatever the handler throws
 */
export async function call<C extends ChannelName>(
  handlers: Handlers,
  channel: C,
  request: unknown,
): Promise<Responses[C]> {
  const parsed = v.safeParse<v.GenericSchema>(requests[channel], request);
  if (!parsed.success) {
    // The received value stays out of the sentence and the log: it may be anything.
    const place = parsed.issues.map((issue) => v.getDotPath(issue) ?? 'the request').join(', ');
    throw new HeldoutError('usage', `This request does not fit "${channel}": look at ${place}.`);
  }
  return handlers[channel](parsed.output as Request<C>);
}
