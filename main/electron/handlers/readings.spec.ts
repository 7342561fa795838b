/** The whole bridge over a real project: nothing that it tells a window during a reading says what is shown. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChannelName, Request, Responses } from '#src/contracts/channels';
import type { Outcome } from '#src/contracts/failure';
import { diskProject } from '#main/training/testing/disk-project';
import { noLauncher, predictedRun } from '#main/training/testing/predicted-run';
import { dispatch, type Handlers } from '../dispatch';
import type { Dialogs } from '../dialogs';
import { SettingsFile } from '../settings';
import { Workspace, type Surroundings } from '../workspace';
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
import { splitHandlers } from './splits';

let place: Awaited<ReturnType<typeof diskProject>>;
let own: string;
let workspace: Workspace;
let handlers: Handlers;
/** Everything that the window was told, answers and events. */
let told: unknown[];
/** How often the page was thrown away. */
let pages: number;

beforeEach(async () => {
  place = await diskProject(6);
  await predictedRun(place.project, 'run-0', 0);
  await predictedRun(place.project, 'run-1', 1);
  await place.project.close();
  own = await mkdtemp(join(tmpdir(), 'heldout-window-'));
  told = [];
  pages = 0;
  workspace = new Workspace({
    emit: (event, payload) => void told.push(structuredClone({ event, payload })),
    keyVault: place.keyVault,
    launcher: noLauncher,
    settings: new SettingsFile(join(own, 'settings.json')),
    dialogs: {} as Dialogs,
    reload: () => (pages += 1),
    copy: () => undefined,
    printPdf: () => Promise.reject(new Error('prints nothing')),
    openFile: () => Promise.reject(new Error('opens nothing')),
    report: ({ code, sentence }) => ({ code, sentence }),
    ownFolder: own,
    // What no channel here needs is left out.
  } as Surroundings);
  // All but those of the settings, which need a running Electron and know nothing of the project.
  const all = {
    'app.info': () => ({ version: '1', electron: '1', platform: 'linux' }),
    'settings.get': () => workspace.around.settings.page,
    'settings.set': (settings: unknown) => settings,
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
  };
  handlers = blinding(workspace, all as Handlers);
  await workspace.open(place.folder);
});
afterEach(async () => {
  await workspace.close();
  await place.remove();
  await rm(own, { recursive: true, force: true });
});

async function ask<C extends ChannelName>(channel: C, request?: Request<C>): Promise<Outcome<Responses[C]>> {
  const answer = await dispatch(handlers, channel, request, (failure) => failure);
  told.push(structuredClone(answer));
  return answer as Outcome<Responses[C]>;
}

async function answered<C extends ChannelName>(channel: C, request?: Request<C>): Promise<Responses[C]> {
  const answer = await ask(channel, request);
  if (!answer.ok) throw new Error(answer.failure.sentence);
  return answer.value;
}

/** Every string, number and property name in a value, however deep. */
function* leaves(value: unknown): Generator<string | number> {
  if (typeof value === 'string' || typeof value === 'number') yield value;
  if (typeof value !== 'object' || value === null) return;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return;
  for (const [name, part] of Object.entries(value)) {
    yield name;
    yield* leaves(part);
  }
}

const plan = {
  ...{ runs: ['run-0', 'run-1'], questions: ['acceptable' as const, 'better' as const], count: 6 },
  ...{ repeatShare: 0.5, seed: 3, reader: 'Ann' },
};

async function readAll(session: number, first: number | null): Promise<void> {
  for (let next = first; next !== null;) {
    const { question } = await answered('reading.case', { session, number: next });
    const answer = question === 'acceptable' ? 'agree' : 'left';
    ({ next } = await answered('reading.answer', { session, number: next, answer, seconds: 1, note: '' }));
  }
}

describe('a window that reads blinded', () => {
  it('is told nothing that says who or what is shown, until the end', async () => {
    told = [];
    const { session, next } = await answered('reading.start', plan);
    await answered('reading.current');
    await readAll(session, next);
    await answered('reading.list');
    await answered('reading.pause', { session });
    await answered('reading.resume', { session });
    await answered('project.current');
    // What the page held before the start, and during the pause, is gone.
    expect(pages).toBe(2);
    expect(await ask('reading.case', { session, number: 99 })).toMatchObject({ ok: false });
    expect(await ask('reading.show', { session })).toMatchObject({ ok: false });

    const { project } = workspace;
    const stored = project.readings.cases(session);
    const record = project.readings.session(session);
    const scans = project.registry.scans();
    const names = [
      ...scans.flatMap(({ scan, patient, voxels }) => [scan, patient, voxels]),
      ...stored.flatMap(({ shown }) => shown.flatMap(({ run, prediction }) => [run, prediction])),
      ...['heldOut', 'held-out', 'by-patient', 'disks'],
    ];
    const words = new Set<string | number>([
      ...['seen', 'patient', 'scan', 'run', 'side', 'shown', 'repeats', 'salt', 'plan', 'fold', 'prediction'],
      record.salt,
    ]);
    const found = [...leaves(told)].filter(
      (leaf) => words.has(leaf) || names.some((hidden) => String(leaf).includes(hidden)),
    );
    expect(found).toEqual([]);
    expect(told.length).toBeGreaterThan(2 * stored.length);
    // The walk would have found it: the end of the session names all of it.
    const unblinded = await answered('reading.finish', { session });
    const leavesNow = new Set(leaves(unblinded));
    for (const each of ['seen', 'heldOut', 'run-0', 'run-1', 'P0001', 'P0001.1', record.salt])
      expect(leavesNow).toContain(each);
  });

  it('cannot tell cases apart by the form of their answers, nor a repeat from a first showing', async () => {
    const { session, next } = await answered('reading.start', plan);
    await readAll(session, next);
    const stored = workspace.project.readings.cases(session);
    const formOf = async (number: number) => {
      const shown = await answered('reading.case', { session, number });
      return [
        Object.keys(shown).join(),
        JSON.stringify(shown.geometry),
        shown.samples.byteLength,
        shown.left.buffer.byteLength,
        shown.right?.buffer.byteLength,
        shown.window.join(),
      ];
    };
    for (const question of ['acceptable', 'better'] as const) {
      const forms = await Promise.all(
        stored.filter((each) => each.question === question).map(({ number }) => formOf(number)),
      );
      expect(new Set(forms.map((form) => JSON.stringify(form))).size).toBe(1);
    }
  });

  it('may ask for nothing else until it pauses, and not for the end of another session', async () => {
    const earlier = await answered('reading.start', plan);
    await answered('reading.pause', { session: earlier.session });
    const { session } = await answered('reading.start', plan);
    const open: string[] = [];
    for (const [channel, handler] of Object.entries(handlers)) {
      if (channel === 'project.close') continue;
      try {
        // Without a schema before it: what is open may fail at this request, what is closed never sees it.
        await (handler as (request: unknown) => unknown)({ session: earlier.session });
        open.push(channel);
      } catch (error) {
        if (!String(error).includes('A blinded reading is under way')) open.push(channel);
      }
      expect(workspace.reading).toBe(session);
    }
    expect(open.sort()).toEqual([
      ...['app.info', 'engines.list', 'job.cancel', 'project.current', 'reading.answer', 'reading.case'],
      ...[
        'reading.current',
        'reading.finish',
        'reading.list',
        'reading.pause',
        'settings.get',
        'settings.set',
      ],
    ]);
    expect(workspace.project.readings.session(earlier.session).state).toBe('paused');
    await answered('reading.pause', { session });
    expect((await answered('library.list')).patients).toHaveLength(6);
  });

  it('is shown no case before it is blinded, also after a restart of the app', async () => {
    const { session } = await answered('reading.start', plan);
    await workspace.close();
    await workspace.open(place.folder);
    expect(await answered('reading.current')).toBeNull();
    const given = { session, number: 1, answer: 'agree' as const, seconds: 1, note: '' };
    for (const refused of [
      await ask('reading.case', { session, number: 1 }),
      await ask('reading.answer', given),
    ])
      expect(refused).toMatchObject({ ok: false, failure: { code: 'conflict' } });
    await answered('reading.resume', { session });
    expect(await answered('reading.current')).toMatchObject({ session, answered: 0 });
    expect(await answered('reading.case', { session, number: 1 })).toMatchObject({ number: 1 });
  });

  it('hears of no run and no job', async () => {
    const { session } = await answered('reading.start', plan);
    told = [];
    const run = workspace.project.registry.run('run-0');
    workspace.emit('run.changed', run);
    workspace.emit('job.progress', {
      jobId: 1,
      progress: { done: 1, total: 2, unit: 'scans', message: 'run-0' },
    });
    workspace.changed();
    expect(told).toMatchObject([{ event: 'project.changed' }]);
    await answered('reading.finish', { session });
    workspace.emit('run.changed', run);
    expect(told.at(-1)).toMatchObject({ event: 'run.changed' });
  });
});
