import { spawn } from 'node:child_process';

/** The program that opens a file as a person would, or null where there is no display. */
export function opener(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): readonly [program: string, ...args: string[]] | null {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['cmd', '/c', 'start', ''];
  const hasDisplay = Boolean(environment['DISPLAY']) || Boolean(environment['WAYLAND_DISPLAY']);
  return hasDisplay ? ['xdg-open'] : null;
}

/** Opens a file where there is a display and does not wait for it; that it cannot be opened is no failure. */
export function openFile(file: string): void {
  const found = opener(process.platform, process.env);
  if (found === null) return;
  const [program, ...args] = found;
  const child = spawn(program, [...args, file], { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}
