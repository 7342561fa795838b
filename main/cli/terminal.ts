import type { Progress } from '#src/contracts/progress';

export interface TerminalSettings {
  /** Exactly one JSON document on stdout; everything else goes to stderr. */
  readonly json: boolean;
  /** `json`: progress as NDJSON on stderr. `bar`: a bar when stderr is a terminal, else nothing. */
  readonly progress: 'json' | 'bar';
}

/** What a command may print on. */
export interface Terminal {
  readonly json: boolean;
  /** A line for people: stdout, or stderr under `--json`. */
  line(text: string): void;
  /** A line that people should see whatever becomes of stdout: always on stderr. */
  note(text: string): void;
  /** The command's document: printed as JSON under `--json`, else left out. */
  document(document: object): void;
  /** What a person must know although nothing failed: stderr, as an event for programs that follow along. */
  warn(sentence: string): void;
  /** An event for programs that follow along (`--progress json`). */
  event(event: object): void;
  progress(progress: Progress): void;
  /** Removes the bar before other text. */
  clear(): void;
}

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** One line that says how far an operation is, for instance `reading files  37 of 114 files`. */
export function progressLine(progress: Progress, width: number): string {
  const amount =
    progress.total === null
      ? `${progress.done} ${progress.unit}`
      : `${progress.done} of ${progress.total} ${progress.unit}`;
  const share =
    progress.total === null || progress.total === 0 ? 0 : Math.min(1, progress.done / progress.total);
  const bar = '█'.repeat(Math.round(share * 20)).padEnd(20, '░');
  return `${bar}  ${amount}  ${progress.message}`.slice(0, Math.max(20, width - 1));
}

/** A terminal over the two standard streams. */
export function openTerminal(settings: TerminalSettings, out: Stream, err: Stream): Terminal {
  let drawn = false;
  const clear = () => {
    if (drawn) err.write('\r\u001b[2K');
    drawn = false;
  };
  return {
    json: settings.json,
    clear,
    line(text) {
      clear();
      (settings.json ? err : out).write(`${text}\n`);
    },
    note(text) {
      clear();
      err.write(`${text}\n`);
    },
    document(document) {
      clear();
      if (settings.json) out.write(`${JSON.stringify(document)}\n`);
    },
    warn(sentence) {
      clear();
      err.write(
        `${settings.progress === 'json' ? JSON.stringify({ type: 'warning', sentence }) : sentence}\n`,
      );
    },
    event(event) {
      if (settings.progress === 'json') err.write(`${JSON.stringify(event)}\n`);
    },
    progress(progress) {
      if (settings.progress === 'json') {
        err.write(`${JSON.stringify({ type: 'progress', ...progress })}\n`);
      } else if (err.isTTY === true) {
        err.write(`\r\u001b[2K${progressLine(progress, err.columns ?? 80)}`);
        drawn = true;
      }
    },
  };
}
