/** Tries to break every point of the security posture, in the built app. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { killHard } from './launch';
import { expect, test } from './test';

test.describe('the page', () => {
  test('has no Node and no Electron', async ({ app }) => {
    const reachable = await app.page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer', 'global', 'electron', '__dirname', 'ipcRenderer'].filter(
        (name) => name in globalThis,
      ),
    );
    expect(reachable).toEqual([]);
  });

  test('is sandboxed and isolated, as is its preload script', async ({ app }) => {
    const preferences = await app.electron.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      const contents = window?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      const all = contents.getLastWebPreferences();
      return ['sandbox', 'contextIsolation', 'nodeIntegration', 'webviewTag', 'webSecurity'].map(
        (name) => all[name],
      );
    });
    expect(preferences).toEqual([true, true, false, false, true]);
    const preload = readFileSync('out/preload/preload.cjs', 'utf8');
    const required = [...preload.matchAll(/require\("([^"]+)"\)/gu)].map(([, name]) => name);
    expect(required).toEqual(['electron']);
  });

  test('reaches the main process through three functions only', async ({ app }) => {
    expect(await app.page.evaluate(() => Object.keys(window.heldout).sort())).toEqual([
      'importDropped',
      'invoke',
      'on',
    ]);
    // A replaced bridge would be a way to listen in on later calls.
    const replaced = await app.page.evaluate(() => {
      try {
        Object.assign(window.heldout, { invoke: () => null });
        return true;
      } catch {
        return false;
      }
    });
    expect(replaced).toBe(false);
  });

  test('runs no inline script, no eval, no string timer', async ({ app }) => {
    const ran = await app.page.evaluate(async () => {
      const marks: string[] = [];
      Object.assign(globalThis, { mark: (name: string) => marks.push(name) });
      const script = document.createElement('script');
      script.textContent = 'mark("inline script")';
      document.body.append(script);
      const data = document.createElement('script');
      data.src = 'data:text/javascript,mark("data script")';
      document.body.append(data);
      const button = document.createElement('button');
      button.setAttribute('onclick', 'mark("handler")');
      document.body.append(button);
      button.click();
      // Playwright's own call may evaluate strings; what the page does later by itself may not.
      await new Promise((resolve) => setTimeout(resolve, 0));
      for (const attempt of [
        () => (0, eval)('mark("eval")') as unknown,
        () => new Function('mark("function")')() as unknown,
        () => setTimeout('mark("timer")', 0),
      ])
        try {
          attempt();
        } catch {
          // Refused, as it should be.
        }
      await new Promise((resolve) => setTimeout(resolve, 200));
      button.remove();
      return marks;
    });
    expect(ran).toEqual([]);
  });

  test('reaches no server', async ({ app }) => {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.setHeader('Access-Control-Allow-Origin', '*').end('window.reached = true');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const outcome = await app.page.evaluate(async (url) => {
      const failed: string[] = [];
      await fetch(`${url}/fetch`).catch(() => failed.push('fetch'));
      await new Promise<void>((resolve) => {
        const image = new Image();
        image.onerror = () => {
          failed.push('image');
          resolve();
        };
        image.onload = () => resolve();
        image.src = `${url}/image`;
      });
      await new Promise<void>((resolve) => {
        const script = document.createElement('script');
        script.onerror = () => {
          failed.push('script');
          resolve();
        };
        script.onload = () => resolve();
        script.src = `${url}/script`;
        document.body.append(script);
      });
      navigator.sendBeacon(`${url}/beacon`, 'x');
      const frame = document.createElement('iframe');
      frame.src = `${url}/frame`;
      document.body.append(frame);
      try {
        new WebSocket(url.replace('http', 'ws'));
      } catch {
        // Refused, as it should be.
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
      frame.remove();
      return failed;
    }, address);
    // Even past the content policy (the main process has none), the session lets nothing out.
    const fromMain = await app.electron.evaluate(
      ({ session }, url) =>
        session.defaultSession.fetch(`${url}/session`).then(
          () => 'reached',
          () => 'refused',
        ),
      address,
    );
    await new Promise((resolve) => server.close(resolve));
    expect(outcome.sort()).toEqual(['fetch', 'image', 'script']);
    expect(fromMain).toBe('refused');
    expect(requests).toEqual([]);
  });

  test('cannot be led elsewhere nor open windows', async ({ app }) => {
    const { page, electron } = app;
    const before = page.url();
    await page.evaluate(() => {
      window.open('https://example.org/');
      window.open('heldout://app/');
      window.open('file:///etc/passwd');
      const link = document.createElement('a');
      link.href = 'https://example.org/';
      link.target = '_blank';
      document.body.append(link);
      link.click();
      link.target = '_self';
      link.click();
      link.href = 'file:///etc/passwd';
      link.click();
      link.remove();
      location.href = 'https://example.org/';
    });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    expect(page.url()).toBe(before);
    const contents = await electron.evaluate(({ webContents, BrowserWindow }) => ({
      windows: BrowserWindow.getAllWindows().length,
      urls: webContents.getAllWebContents().map((each) => each.getURL()),
    }));
    expect(contents).toEqual({ windows: 1, urls: [before] });
  });

  test('gets no permission and no webview', async ({ app }) => {
    const { page } = app;
    const granted = await page.evaluate(async () => {
      const names = ['notifications', 'geolocation', 'camera', 'microphone', 'midi', 'clipboard-read'];
      const states = await Promise.all(
        names.map((name) =>
          navigator.permissions.query({ name: name as PermissionName }).then(
            ({ state }) => state,
            () => 'denied',
          ),
        ),
      );
      const used = await Promise.all([
        Notification.requestPermission().then((state) => state === 'granted'),
        navigator.mediaDevices.getUserMedia({ video: true, audio: true }).then(
          () => true,
          () => false,
        ),
        navigator.clipboard.readText().then(
          () => true,
          () => false,
        ),
        new Promise<boolean>((resolve) =>
          navigator.geolocation.getCurrentPosition(
            () => resolve(true),
            () => resolve(false),
          ),
        ),
      ]);
      return { states: states.filter((state) => state === 'granted'), used };
    });
    expect(granted).toEqual({ states: [], used: [false, false, false, false] });
    const attached = await page.evaluate(async () => {
      const view = document.createElement('webview');
      view.setAttribute('src', 'heldout://app/');
      document.body.append(view);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const works = 'getWebContentsId' in view;
      view.remove();
      return works;
    });
    expect(attached).toBe(false);
  });

  test('gets nothing from the disk beside its own files', async ({ app }) => {
    const statuses = await app.page.evaluate(async () => {
      const status = (url: string) =>
        fetch(url).then(
          (response) => response.status,
          () => 'refused',
        );
      return {
        own: await status('heldout://app/index.html'),
        up: await status('heldout://app/../../package.json'),
        encoded: await status('heldout://app/..%2f..%2fpackage.json'),
        doubled: await status('heldout://app/%2e%2e/main/app.js'),
        otherHost: await status('heldout://else/index.html'),
        file: await status('file:///etc/passwd'),
      };
    });
    expect(statuses).toEqual({
      own: 200,
      up: 404,
      encoded: 404,
      doubled: 404,
      otherHost: 'refused',
      file: 'refused',
    });
  });
});

test.describe('the bridge', () => {
  test('refuses an unknown channel and a malformed request with a sentence', async ({ app }) => {
    const answers = await app.page.evaluate(async () => {
      const invoke = window.heldout.invoke as (channel: unknown, request?: unknown) => Promise<unknown>;
      const asked: [unknown, unknown?][] = [
        ['no.such.channel'],
        ['constructor'],
        [{ toString: 'x' }],
        ['scan.open', { scanId: 'one' }],
        ['scan.open', { scanId: -1 }],
        ['scan.open'],
        ['mask.append', { maskId: 1, entry: 'strokes' }],
        ['run.stop', { run: '../../../etc' }],
        ['settings.set', { theme: 'neon' }],
        ['split.create', { name: '..', plan: null }],
      ];
      return Promise.all(asked.map(([channel, request]) => invoke(channel, request)));
    });
    for (const answer of answers)
      expect(answer).toMatchObject({
        ok: false,
        failure: { code: 'usage', sentence: expect.stringMatching(/\.$/u) },
      });
    expect(JSON.stringify(answers)).not.toMatch(/stack|node_modules|\.js:/u);
  });

  test('takes no path from the page', async ({ app }) => {
    const answers = await app.page.evaluate(async () => {
      const invoke = window.heldout.invoke as (channel: string, request?: unknown) => Promise<unknown>;
      // Looks like a file from a drop but was made by the page.
      const made = new File(['x'], '/etc/passwd');
      return {
        byName: await invoke('import.paths', { paths: ['/etc/passwd'] }),
        strings: await window.heldout.importDropped(['/etc/passwd']),
        objects: await window.heldout.importDropped([{ path: '/etc/passwd', name: 'passwd' }]),
        madeFile: await window.heldout.importDropped([made]),
      };
    });
    for (const answer of Object.values(answers))
      expect(answer).toMatchObject({ ok: false, failure: { code: 'usage' } });
  });

  test('answers only the main frame of its own page', async ({ app }) => {
    // A frame with the same bridge would have to be refused by its address.
    const reached = await app.page.evaluate(async () => {
      const frame = document.createElement('iframe');
      frame.srcdoc = '<p>inside</p>';
      document.body.append(frame);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const inside = frame.contentWindow as (Window & { heldout?: unknown }) | null;
      const has = inside?.heldout !== undefined;
      frame.remove();
      return has;
    });
    expect(reached).toBe(false);
  });
});

test('the app keeps running when its page dies, and loads it again', async ({ app }) => {
  // Playwright gives up on a page that crashed, so the main process watches.
  await app.electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    contents?.on('render-process-gone', () => {
      seen.push('gone');
      // From here on only: on a busy machine the first load may still have to be told of.
      contents.on('did-finish-load', () => seen.push(`loaded ${contents.getURL()}`));
    });
    contents?.forcefullyCrashRenderer();
  });
  await expect
    .poll(() => app.electron.evaluate(() => (globalThis as unknown as { seen: string[] }).seen))
    .toEqual(['gone', 'loaded heldout://app/']);
});

test('the log tells of refusals and of nobody', async ({ app, home }) => {
  await app.page.evaluate(() => window.open('https://example.org/Doe^Jane'));
  await app.page.evaluate(async () => {
    const invoke = window.heldout.invoke as (channel: string, request?: unknown) => Promise<unknown>;
    await invoke('Doe^Jane', { name: 'Doe^Jane' });
  });
  await killHard(app);
  const log = readFileSync(join(home, 'user-data/logs/heldout.log'), 'utf8');
  expect(log).toContain('refused: a new window');
  expect(log).toContain('usage:');
  expect(log).not.toContain('Doe');
});
