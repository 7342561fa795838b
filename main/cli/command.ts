import type { ParseArgsConfig } from 'node:util';
import type { JobContext } from '#main/jobs/context';
import type { Terminal } from './terminal';

/** What the arguments of one command line came to. */
export interface Invocation {
  readonly positionals: readonly string[];
  readonly options: Options;
  readonly terminal: Terminal;
  readonly context: JobContext;
}

/** 0 done; 1 done, with findings to look at. Everything else is a failure and thrown. */
export type ExitCode = 0 | 1;

/** One command: a head over an operation, without logic of its own. */
export interface Command {
  /** `import`, or two words for a command of a family: `split create`. */
  readonly name: string;
  /** The arguments, as the help prints them after the name. */
  readonly usage: string;
  readonly summary: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  run(invocation: Invocation): Promise<ExitCode>;
}

/** Typed access to parsed options; each reader refuses a value of the wrong kind with a sentence. */
export interface Options {
  text(name: string): string | undefined;
  /** Every value of an option that may be given several times. */
  texts(name: string): readonly string[];
  flag(name: string): boolean;
  /** @throws usage when it is not a number or lies outside [minimum, maximum] */
  number(name: string, minimum: number, maximum: number): number | undefined;
  /** @throws usage when it is not a whole number or lies outside [minimum, maximum] */
  integer(name: string, minimum: number, maximum: number): number | undefined;
  /** @throws usage when it is not one of `values` */
  choice<T extends string>(name: string, values: readonly T[]): T | undefined;
  /** @throws usage when it is no regular expression */
  pattern(name: string): RegExp | undefined;
}
