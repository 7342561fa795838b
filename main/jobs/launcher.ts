/**
 * A port to helper processes: the command line forks Node, the app uses Electron's utilityProcess. The entry file
 * is the same, so an operation need not know which of the two it runs under.
 */
export interface HelperProcess {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** `code` is null when a signal ended the process. */
  onExit(listener: (code: number | null) => void): void;
  /** Ends it at once (SIGKILL). */
  kill(): void;
  readonly pid: number | undefined;
}

export interface Launcher {
  /** `entry` names a built file beside the running one, without extension: `training`. */
  launch(
    entry: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): HelperProcess;
}
