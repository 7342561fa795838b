import type { Launcher } from '#main/jobs/launcher';

/** Starts everything, and kills at once what is started to try an engine, as a system without memory would. */
export function killingTrials(launcher: Launcher): Launcher {
  return {
    launch(entry, args, environment) {
      const started = launcher.launch(entry, args, environment);
      if (args[0] === 'test') started.kill();
      return started;
    },
  };
}
