import { IDENTITY, TURNS, type Turn } from './turns';

/** Tolerance of a movement, in cells: to be counted, and to be fitted. */
const TOLERANCE = 1.6;
/** As few landmarks agreeing on one movement are chance. */
export const LEAST_AGREEING = 5;
/** Votes of which each is asked how many agree with it, spread over all. */
const MOST_ASKED = 40;
/** The scale of a movement is fitted within so much of what the levels of the landmarks say. */
const MOST_SCALED = 1.2;

/** How the slices of one scan lie over those of another: p' = scale * M p + (x, y), M one of the 8 turns. */
export interface Movement {
  /** Landmarks that agree on it. */
  readonly agreeing: number;
  readonly turn: Turn;
  readonly scale: number;
  /** Millimetres. */
  readonly x: number;
  readonly y: number;
}

/** Pairs of landmarks that look alike, one of each scan, in the order of the first scan's; arrays of one entry for each. */
export class Votes {
  /** Number of the landmark of the first scan. */
  readonly mark: Int32Array;
  /** Index in TURNS of how they are turned to each other. */
  readonly turn: Uint8Array;
  /** Millimetres of the first one, turned, and of the other one. */
  readonly turnedX: Float64Array;
  readonly turnedY: Float64Array;
  readonly otherX: Float64Array;
  readonly otherY: Float64Array;
  /** How much larger the other scan is, by the levels at which the two were found. */
  readonly scale: Float64Array;
  /** Millimetres of a cell of the other one. */
  readonly step: Float64Array;

  constructor(readonly count: number) {
    this.mark = new Int32Array(count);
    this.turn = new Uint8Array(count);
    this.turnedX = new Float64Array(count);
    this.turnedY = new Float64Array(count);
    this.otherX = new Float64Array(count);
    this.otherY = new Float64Array(count);
    this.scale = new Float64Array(count);
    this.step = new Float64Array(count);
  }
}

/** The movement that most votes agree on, fitted to them by least squares; null where fewer than chance would agree. */
export function agreedMovement(votes: Votes): Movement | null {
  const { mark, turn, scale, step, turnedX, turnedY, otherX, otherY } = votes;
  const [best, counted] = mostAgreedWith(votes);
  if (counted < LEAST_AGREEING) return null;
  const nominal = scale[best] ?? 1;
  const tolerance = TOLERANCE * (step[best] ?? 1);
  let agreeing = counted;
  let s = nominal;
  let x = (otherX[best] ?? 0) - s * (turnedX[best] ?? 0);
  let y = (otherY[best] ?? 0) - s * (turnedY[best] ?? 0);
  for (let round = 0; round < 3; round++) {
    let [n, sumA, sumB, sumC, sumD, squares, products] = [0, 0, 0, 0, 0, 0, 0];
    let [marks, last] = [0, -1];
    for (let v = 0; v < votes.count; v++) {
      const [a, b, c, d] = [turnedX[v] ?? 0, turnedY[v] ?? 0, otherX[v] ?? 0, otherY[v] ?? 0];
      if (turn[v] !== turn[best]) continue;
      if (Math.abs(c - s * a - x) > tolerance || Math.abs(d - s * b - y) > tolerance) continue;
      n++;
      sumA += a;
      sumB += b;
      sumC += c;
      sumD += d;
      squares += a * a + b * b;
      products += a * c + b * d;
      if (mark[v] !== last) {
        marks++;
        last = mark[v] ?? -1;
      }
    }
    if (n < LEAST_AGREEING) break;
    const spread = squares - (sumA * sumA + sumB * sumB) / n;
    const fitted = spread > 0 ? (products - (sumA * sumC + sumB * sumD) / n) / spread : nominal;
    s = Math.max(nominal / MOST_SCALED, Math.min(nominal * MOST_SCALED, fitted));
    x = (sumC - s * sumA) / n;
    y = (sumD - s * sumB) / n;
    agreeing = Math.max(agreeing, marks);
  }
  return { agreeing, turn: TURNS[turn[best] ?? 0] ?? IDENTITY, scale: s, x, y };
}

/** The vote that most landmarks agree with, and how many do. */
function mostAgreedWith(votes: Votes): [vote: number, agreeing: number] {
  const { count, mark, turn, scale, step, turnedX, turnedY, otherX, otherY } = votes;
  // What each vote would move the scan by.
  const [tx, ty] = [new Float64Array(count), new Float64Array(count)];
  for (let v = 0; v < count; v++) {
    tx[v] = (otherX[v] ?? 0) - (scale[v] ?? 0) * (turnedX[v] ?? 0);
    ty[v] = (otherY[v] ?? 0) - (scale[v] ?? 0) * (turnedY[v] ?? 0);
  }
  let [best, most] = [-1, 0];
  for (let v = 0; v < count; v += Math.ceil(count / MOST_ASKED)) {
    const tolerance = TOLERANCE * (step[v] ?? 1);
    let [agreeing, last] = [0, -1];
    // Votes come in the order of the landmarks, each of which counts once.
    for (let w = 0; w < count; w++)
      if (
        mark[w] !== last &&
        turn[v] === turn[w] &&
        Math.abs((tx[v] ?? 0) - (tx[w] ?? 0)) <= tolerance &&
        Math.abs((ty[v] ?? 0) - (ty[w] ?? 0)) <= tolerance &&
        Math.abs((scale[v] ?? 0) - (scale[w] ?? 0)) < 0.1 * (scale[v] ?? 0)
      ) {
        agreeing++;
        last = mark[w] ?? -1;
      }
    if (agreeing > most) [best, most] = [v, agreeing];
  }
  return [best, most];
}
