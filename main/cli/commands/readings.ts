import { resolve } from 'node:path';
import type { UnblindedReading } from '#src/contracts/documents/reading';
import { HeldoutError } from '#src/contracts/failure';
import type { Proportion } from '#src/statistics/proportions';
import { exportReading } from '#main/operations/reading-files';
import { listReadings, unblindedReading } from '#main/operations/readings';
import type { Command } from '../command';
import { onePositional } from '../options';
import { projectOption, withProject } from '../project-option';
import { table } from '../table';

/** @throws usage when the words are not the number of a reading */
function readingNumber(positionals: readonly string[]): number {
  const text = onePositional(positionals, 'number of the reading');
  if (!/^[1-9]\d{0,8}$/u.test(text))
    throw new HeldoutError('usage', `"${text}" is no reading: give its number, see heldout readings list.`);
  return Number(text);
}

const rounded = (value: number) => Number(value.toFixed(3));

function shareOf({ k, n, rate, ci95 }: Proportion): string {
  if (rate === null || ci95 === null) return 'none (n = 0)';
  return `${k} of n = ${n}, ${rounded(rate)} (${rounded(ci95[0])} to ${rounded(ci95[1])})`;
}

/** What a reading came to: each number with its n. */
function describeResults({ results, session }: UnblindedReading): string[] {
  const { acceptance, preferences, consistency, several } = results;
  const lines = [
    `${session.reader} answered ${results.answered} of ${results.cases} cases. Shares are of patients, with exact 95 % intervals.`,
  ];
  if (acceptance !== null) {
    const { difference } = acceptance;
    lines.push(
      `Accepted, held-out: ${shareOf(acceptance.heldOut)}.`,
      `Accepted, seen: ${shareOf(acceptance.seen)}.`,
      difference === null
        ? 'No difference: nobody was read on one side.'
        : `Seen minus held-out: ${rounded(difference.value)} (${rounded(difference.ci95[0])} to ${rounded(difference.ci95[1])}).`,
    );
  }
  for (const each of preferences)
    lines.push(
      `${each.first} preferred to ${each.second}: ${shareOf(each)}, ${each.ties} without a preference, p = ${rounded(each.pTwoSided)}.`,
    );
  for (const { question, n, patients, agreement, kappa, ci95 } of consistency)
    lines.push(
      `Own agreement (${question}): n = ${n} repeats of ${patients} patients` +
        (agreement === null ? '' : `, ${rounded(agreement)} the same`) +
        (kappa === null ? ', kappa not defined' : `, kappa ${rounded(kappa)}`) +
        (ci95 === null ? '.' : ` (${rounded(ci95[0])} to ${rounded(ci95[1])}).`),
    );
  if (several !== null) lines.push(several);
  return lines;
}

/** `heldout readings list`: every blinded reading, as far as it may be known. */
export const readingsList: Command = {
  name: 'readings list',
  usage: '',
  summary: 'blinded readings and how far they have come',
  options: projectOption,
  async run(invocation) {
    const readings = await withProject(invocation, (project) => Promise.resolve(listReadings(project)));
    const { terminal } = invocation;
    terminal.document({ schema: 'heldout.readings/1', readings });
    if (terminal.json) return 0;
    terminal.line(
      readings.length === 0
        ? 'No readings yet. They are read in the window, under Reading.'
        : table(
            ['reading', 'reader', 'state', 'answered', 'cases', 'seed', 'started'],
            readings.map(({ session, reader, state, answered, cases, seed, startedAt }) => [
              ...[session, reader, state, answered],
              ...[cases, seed, startedAt],
            ]),
          ),
    );
    return 0;
  },
};

/** `heldout readings show`: what a finished reading came to. */
export const readingsShow: Command = {
  name: 'readings show',
  usage: 'ID',
  summary: 'what a finished reading came to: acceptance, preference, own agreement',
  options: projectOption,
  async run(invocation) {
    const id = readingNumber(invocation.positionals);
    const document = await withProject(invocation, (project) =>
      Promise.resolve(unblindedReading(project, id)),
    );
    invocation.terminal.document(document);
    if (!invocation.terminal.json)
      for (const line of describeResults(document)) invocation.terminal.line(line);
    return 0;
  },
};

/** `heldout readings export`: every case and answer of a finished reading. */
export const readingsExport: Command = {
  name: 'readings export',
  usage: 'ID [--out DIR]',
  summary: 'the cases and answers of a finished reading as CSV and JSON',
  options: { ...projectOption, out: { type: 'string' } },
  async run(invocation) {
    const reading = readingNumber(invocation.positionals);
    const folder = resolve(invocation.options.text('out') ?? '.');
    const files = await withProject(invocation, (project) => exportReading(project, reading, folder));
    invocation.terminal.document({ schema: 'heldout.export-readings/1', reading, files });
    if (!invocation.terminal.json) for (const file of files) invocation.terminal.line(file);
    return 0;
  },
};
