import { app } from 'electron';

/**
 * Runs the command line inside the app's executable, for people who installed the app and have no Node. Opens no
 * window and takes no part in the single-instance rule.
 *
 * @param words what follows `--cli`
 */
export async function runCommandLineInApp(words: readonly string[]): Promise<void> {
  app.dock?.hide();
  process.argv = [process.argv[0] ?? '', 'heldout', ...words];
  await app.whenReady();
  await import('#main/cli/cli');
  app.exit(typeof process.exitCode === 'number' ? process.exitCode : 0);
}
