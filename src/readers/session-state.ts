import { HeldoutError } from '#src/contracts/failure';
import type { SessionState, StoredAnswer } from './session';

/** What may happen to a session; `read` stands for being shown a case and for answering it. */
export type SessionAction = 'read' | 'pause' | 'resume' | 'finish';

/**
 * The state of a session after an action. Finishing is for good; doing again what is done already changes nothing.
 *
 * @throws HeldoutError `conflict` when the session is paused (reading) or finished (everything but finishing)
 */
export function stateAfter(id: number, state: SessionState, action: SessionAction): SessionState {
  if (action === 'finish') return 'finished';
  if (state === 'finished')
    throw new HeldoutError(
      'conflict',
      `The reading ${id} is finished and unblinded: it takes no more answers. Start another one.`,
    );
  if (action === 'read' && state === 'paused')
    throw new HeldoutError('conflict', `The reading ${id} is paused: resume it before you go on.`);
  return action === 'pause' ? 'paused' : 'reading';
}

/** The answer to each case that counts: the last one given. Answers come oldest first. */
export function answersThatCount(answers: readonly StoredAnswer[]): Map<number, StoredAnswer> {
  return new Map(answers.map((given) => [given.number, given]));
}

/** Number of the first of `count` cases without an answer; null when all have one. */
export function nextCase(count: number, answered: { has(number: number): boolean }): number | null {
  for (let number = 1; number <= count; number += 1) if (!answered.has(number)) return number;
  return null;
}

/**
 * Whether a case's turn has come: it was answered or is the next one, or comes at most `ahead` after that one. Who
 * could look at all cases at once could put them side by side.
 */
export function hasCome(
  number: number,
  count: number,
  answered: { has(number: number): boolean },
  ahead = 0,
): boolean {
  const next = nextCase(count, answered) ?? count;
  return number >= 1 && number <= count && number <= next + ahead;
}
