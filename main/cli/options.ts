import { HeldoutError } from '#src/contracts/failure';
import type { Options } from './command';

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** Typed readers over what `parseArgs` found. */
export function readOptions(values: Values): Options {
  const text = (name: string) => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const number = (name: string, minimum: number, maximum: number, whole: boolean) => {
    const value = text(name);
    if (value === undefined) return undefined;
    const parsed = Number(value);
    if (value.trim() === '' || !Number.isFinite(parsed) || parsed < minimum || parsed > maximum)
      throw new HeldoutError(
        'usage',
        `--${name} must be a number from ${minimum} to ${maximum}, not "${value}".`,
      );
    if (whole && !Number.isInteger(parsed))
      throw new HeldoutError('usage', `--${name} must be a whole number, not "${value}".`);
    return parsed;
  };
  return {
    text,
    texts(name) {
      const value = values[name];
      return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');
    },
    flag: (name) => values[name] === true,
    number: (name, minimum, maximum) => number(name, minimum, maximum, false),
    integer: (name, minimum, maximum) => number(name, minimum, maximum, true),
    choice(name, allowed) {
      const value = text(name);
      if (value === undefined) return undefined;
      const found = allowed.find((candidate) => candidate === value);
      if (found === undefined)
        throw new HeldoutError('usage', `--${name} must be one of ${allowed.join(', ')}, not "${value}".`);
      return found;
    },
    pattern(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      try {
        return new RegExp(value, 'u');
      } catch {
        throw new HeldoutError('usage', `--${name} is no regular expression: ${value}`);
      }
    },
  };
}

/** The one positional that a command needs. @throws usage when it is missing or there are more */
export function onePositional(positionals: readonly string[], what: string): string {
  const [only, ...more] = positionals;
  if (only === undefined) throw new HeldoutError('usage', `Say which: ${what} is missing.`);
  if (more.length > 0)
    throw new HeldoutError('usage', `Only one ${what} is expected, not ${positionals.length}.`);
  return only;
}
