import { expect, it } from 'vitest';
import { randomStream, uniform } from '../../models/random';
import { agreedMovement, LEAST_AGREEING, Votes } from './movement';
import { TURNS } from './turns';

const TURN = 3;

/** Votes of which the first `agreeing` move by the same, and the rest by chance. */
function votesOf(count: number, agreeing: number): Votes {
  const random = randomStream(1);
  const votes = new Votes(count);
  for (let v = 0; v < count; v += 1) {
    const [x, y] = [uniform(random, -80, 80), uniform(random, -80, 80)];
    const isMoved = v < agreeing;
    votes.mark[v] = v;
    votes.turn[v] = TURN;
    votes.turnedX[v] = x;
    votes.turnedY[v] = y;
    // 4 % larger than the levels say, by 12 and -7 mm.
    votes.otherX[v] = isMoved ? 1.04 * x + 12 : uniform(random, -80, 80);
    votes.otherY[v] = isMoved ? 1.04 * y - 7 : uniform(random, -80, 80);
    votes.scale[v] = 1;
    votes.step[v] = 3;
  }
  return votes;
}

it('is fitted to the votes that agree, whatever the others say', () => {
  const movement = agreedMovement(votesOf(120, 40));
  expect(movement).toMatchObject({ turn: TURNS[TURN] });
  expect(movement?.agreeing).toBeGreaterThanOrEqual(36);
  expect(movement?.scale).toBeCloseTo(1.04, 2);
  expect(movement?.x).toBeCloseTo(12, 0);
  expect(movement?.y).toBeCloseTo(-7, 0);
});

it('is none where no more agree than by chance', () => {
  expect(agreedMovement(votesOf(60, 0))).toBeNull();
  expect(agreedMovement(votesOf(LEAST_AGREEING - 1, LEAST_AGREEING - 1))).toBeNull();
  expect(agreedMovement(new Votes(0))).toBeNull();
});

it('counts each landmark once, however many it votes for', () => {
  const votes = votesOf(30, 30);
  votes.mark.fill(7);
  expect(agreedMovement(votes)).toBeNull();
});
