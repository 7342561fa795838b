import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that measures itself when it is told to: one line in, one line of JSON out. */
export interface Contestant {
  readonly name: string;
  ask(order: string): Promise<unknown>;
  end(): void;
}

/** Starts it; its standard error goes to ours. Asking one that has ended is an error. */
export function startContestant(
  name: string,
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Contestant {
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  let answer: (line: string) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    answer(line);
  });
  child.on('error', (error) => {
    fail(error);
  });
  child.on('exit', (code) => {
    fail(new Error(`${name} ended with ${String(code)}`));
  });
  return {
    name,
    ask: (order) =>
      new Promise((resolve, reject) => {
        answer = (line) => {
          resolve(JSON.parse(line));
        };
        fail = reject;
        child.stdin.write(`${order}\n`);
      }),
    end: () => {
      child.stdin.end();
    },
  };
}

/** The contestant's side: answers each line with what `obey` returns, until there are no more. */
export async function obeyOrders(obey: (order: string) => unknown): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(obey(line)));
}
