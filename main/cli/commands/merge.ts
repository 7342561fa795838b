import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { MergeDocument } from '#src/contracts/documents/merge';
import { HeldoutError } from '#src/contracts/failure';
import { mergePairs } from '#main/operations/merge-pairs';
import { dismissSuggestion, mergePatients, suggestMerges, undoMerge } from '#main/operations/same-person';
import type { Project } from '#main/store/project';
import type { Command, Invocation } from '../command';
import { onePositional } from '../options';
import { projectOption, withProject } from '../project-option';
import { table } from '../table';

/** Does `work` and answers with who may be one person and who was merged, as it is then. */
function after(invocation: Invocation, work: (project: Project) => void): Promise<MergeDocument> {
  return withProject(invocation, async (project) => {
    work(project);
    const document = await suggestMerges(project, invocation.context);
    invocation.terminal.clear();
    invocation.terminal.document(document);
    return document;
  });
}

/** @throws HeldoutError `usage` unless two patients are named */
function twoPatients(positionals: readonly string[]): [string, string] {
  const [first, second, ...more] = positionals;
  if (first === undefined || second === undefined || more.length > 0)
    throw new HeldoutError('usage', 'Name two patients, for instance: P0001 P0002.');
  return [first, second];
}

/** What merging would do to splits, as a line; none when there is nothing to say. */
const consequences = (splits: readonly string[], when: string) =>
  splits.length === 0
    ? []
    : [`${splits.join(', ')} ${splits.length === 1 ? 'is' : 'are'} marked as leaking ${when}.`];

/** `heldout merge suggest`: who may be one person, and who was merged. */
export const mergeSuggest: Command = {
  name: 'merge suggest',
  usage: '',
  summary: 'pairs of patients that look like one person, and what was merged',
  options: projectOption,
  async run(invocation) {
    const { suggestions, merges, notCompared } = await after(invocation, () => undefined);
    const { terminal } = invocation;
    if (terminal.json) return 0;
    if (suggestions.length === 0) terminal.line('No two patients look like one person.');
    for (const { patients, strength, reasons, wouldLeak } of suggestions) {
      const said = reasons.map(({ sentence }) => sentence).join(', ');
      terminal.line(`${patients.join(' and ')}${strength === 'weak' ? ' (weak)' : ''}: ${said}`);
      for (const line of consequences(wouldLeak, 'once they are merged')) terminal.line(`  ${line}`);
    }
    if (merges.length > 0)
      terminal.line(
        table(
          ['merge', 'kept', 'merged', 'scans', 'at', 'undone', 'reason'],
          merges.map(({ id, kept, merged, scans, at, undoneAt, reason }) => [
            id,
            kept,
            merged,
            scans.length,
            at,
            undoneAt,
            reason,
          ]),
        ),
      );
    if (notCompared.length > 0)
      terminal.line(`Not compared, because their images cannot be read: ${notCompared.join(', ')}.`);
    return 0;
  },
};

/** `heldout merge`: two patients become one, or those of every line of a file. */
export const merge: Command = {
  name: 'merge',
  usage: 'P0001 P0002 | --pairs FILE.csv [--dry-run]  [--reason TEXT]',
  summary: 'make the second patient one with the first; a file has a pair a line; "merge undo" takes it back',
  options: {
    ...projectOption,
    reason: { type: 'string' },
    pairs: { type: 'string' },
    'dry-run': { type: 'boolean' },
  },
  async run(invocation) {
    const { options, positionals, terminal } = invocation;
    const file = options.text('pairs');
    if (file !== undefined) {
      if (positionals.length > 0)
        throw new HeldoutError('usage', 'Give two patients or a file of pairs, and not both.');
      return mergeFile(invocation, file);
    }
    if (options.flag('dry-run'))
      throw new HeldoutError(
        'usage',
        '--dry-run goes with --pairs FILE.csv; heldout merge suggest shows two patients.',
      );
    const [keep, other] = twoPatients(positionals);
    const { merges } = await after(invocation, (project) =>
      mergePatients(project, keep, other, options.text('reason')),
    );
    const made = merges.at(-1);
    if (terminal.json || made === undefined) return 0;
    terminal.line(
      `${other} is one patient with ${keep} now. Take it back with: heldout merge undo ${made.id}. ` +
        'See heldout split audit for splits that have them on both sides.',
    );
    return 0;
  },
};

async function mergeFile(invocation: Invocation, file: string): Promise<0> {
  const { options, terminal } = invocation;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new HeldoutError('usage', `${basename(file)} cannot be read: check its path.`, String(error));
  }
  const dryRun = options.flag('dry-run');
  const document = await withProject(invocation, (project) =>
    Promise.resolve(mergePairs(project, { text, dryRun, reason: options.text('reason') ?? '' })),
  );
  terminal.document(document);
  if (terminal.json) return 0;
  const { merged, alreadyOne, leaking } = document;
  if (dryRun && merged.length > 0)
    terminal.line(
      table(
        ['line', 'kept', 'merged'],
        merged.map((pair) => [pair.line, pair.kept, pair.merged]),
      ),
    );
  const said = [
    `${merged.length} ${merged.length === 1 ? 'pair' : 'pairs'} of patients ${dryRun ? 'would become' : 'became'} one`,
    ...(alreadyOne > 0 ? [`${alreadyOne} ${alreadyOne === 1 ? 'was' : 'were'} one already`] : []),
  ];
  terminal.line(`${said.join('; ')}.${dryRun ? ' Nothing was changed.' : ''}`);
  for (const line of consequences(leaking, dryRun ? 'once they are merged' : 'now')) terminal.line(line);
  return 0;
}

/** `heldout merge undo`: two patients again. */
export const mergeUndo: Command = {
  name: 'merge undo',
  usage: 'ID',
  summary: 'take a merge back; every scan is again with the patient it came with',
  options: projectOption,
  async run(invocation) {
    const text = onePositional(invocation.positionals, 'number of the merge');
    if (!/^\d{1,9}$/u.test(text))
      throw new HeldoutError('usage', `"${text}" is no merge: give its number, see heldout merge suggest.`);
    const { merges } = await after(invocation, (project) => undoMerge(project, Number(text)));
    const undone = merges.find(({ id }) => id === Number(text));
    if (!invocation.terminal.json && undone !== undefined)
      invocation.terminal.line(`${undone.kept} and ${undone.merged} are two patients again.`);
    return 0;
  },
};

/** `heldout merge dismiss`: these are two people. */
export const mergeDismiss: Command = {
  name: 'merge dismiss',
  usage: 'P0001 P0002',
  summary: 'remember that two patients are two people',
  options: projectOption,
  async run(invocation) {
    const [first, second] = twoPatients(invocation.positionals);
    await after(invocation, (project) => {
      dismissSuggestion(project, first, second);
    });
    if (!invocation.terminal.json)
      invocation.terminal.line(`${first} and ${second} are two people, and will not be suggested again.`);
    return 0;
  },
};
