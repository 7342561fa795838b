import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requests, type ChannelName } from '#src/contracts/channels';
import type { Failure } from '#src/contracts/failure';
import { dispatch, type Handlers } from './dispatch';

/** Handlers that record their calls; what they answer does not matter here. */
function recording() {
  const calls: [string, unknown][] = [];
  const handlers = Object.fromEntries(
    Object.keys(requests).map((channel) => [
      channel,
      (request: unknown) => {
        calls.push([channel, request]);
        return null;
      },
    ]),
  ) as unknown as Handlers;
  return { calls, handlers };
}

const toPage = ({ code, sentence }: Failure): Failure => ({ code, sentence });

describe('the bridge', () => {
  it('passes a request that fits', async () => {
    const { calls, handlers } = recording();
    expect(await dispatch(handlers, 'scan.open', { scanId: 3 }, toPage)).toEqual({ ok: true, value: null });
    expect(calls).toEqual([['scan.open', { scanId: 3 }]]);
  });

  it('drops fields that the schema does not know', async () => {
    const { calls, handlers } = recording();
    await dispatch(handlers, 'scan.open', { scanId: 3, path: '/etc/passwd' }, toPage);
    expect(calls).toEqual([['scan.open', { scanId: 3 }]]);
  });

  it.each([
    ['scan.open', { scanId: '3' }],
    ['scan.open', { scanId: 0 }],
    ['scan.open', undefined],
    ['mask.append', { maskId: 1, entry: [1, 2] }],
    ['run.stop', { run: '../../etc' }],
    ['settings.set', { theme: 'neon' }],
    ['split.create', { name: '../up', plan: {} }],
    ['project.open', { folder: '/etc' }],
  ])('refuses %s %j with a sentence', async (channel, request) => {
    const { calls, handlers } = recording();
    const outcome = await dispatch(handlers, channel, request, toPage);
    expect(outcome).toMatchObject({ ok: false, failure: { code: 'usage' } });
    expect(calls).toEqual([]);
  });

  it('refuses paths from the page, and names it does not know', async () => {
    const { calls, handlers } = recording();
    for (const channel of ['import.paths', 'toString', '__proto__', 'constructor', '', 7, null])
      expect(await dispatch(handlers, channel, { paths: ['/etc/passwd'] }, toPage)).toMatchObject({
        ok: false,
      });
    expect(calls).toEqual([]);
  });

  it('answers with a failure and never throws, whatever arrives', async () => {
    const { handlers } = recording();
    const anyChannel = fc.oneof(fc.constantFrom(...(Object.keys(requests) as ChannelName[])), fc.anything());
    await fc.assert(
      fc.asyncProperty(anyChannel, fc.anything(), async (channel, request) => {
        expect(await dispatch(handlers, channel, request, toPage)).toHaveProperty('ok');
      }),
    );
  });

  it('keeps the details of a fault from the page', async () => {
    const { handlers } = recording();
    const faulty: Handlers = {
      ...handlers,
      'run.list': () => {
        throw new Error('Doe^Jane');
      },
    };
    const seen: Failure[] = [];
    const outcome = await dispatch(faulty, 'run.list', undefined, (failure) => {
      seen.push(failure);
      return toPage(failure);
    });
    expect(JSON.stringify(outcome)).not.toContain('Doe');
    expect(seen[0]?.details).toContain('Doe');
  });
});
