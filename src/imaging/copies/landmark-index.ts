import { LANDMARK_WORDS, NO_OCTANT, otherWordsOf, type Landmarks } from './landmarks';

/** Tables by different bits of the words: a copy that differs in one of these bits is met in another table. */
const TABLES = 4;
const KEY_BITS = 20;
/** Landmarks that one look-up meets in a table, at most: what so many share tells nobody apart. The last ones come first. */
const MOST_MET = 128;
/** Landmarks with more differing bits (of 128) are two. */
const MOST_DIFFERING = 20;
/** Movements are counted in bins of so many cells. */
const BIN = 6;
const BIN_BITS = 18;
/** Scans whose votes are looked at closely. */
const MOST_SCANS = 12;
/** Tolerance of a movement, in cells: to be counted, and to be fitted. */
const TOLERANCE = 1.6;
/** As few landmarks agreeing on one movement are chance. */
const LEAST_AGREEING = 5;
const MOST_VOTES = 300;
/** Votes of which each is asked how many agree with it, spread over all. */
const MOST_ASKED = 40;

type Turn = readonly [number, number, number, number];

/** How the slices of one scan lie over those of another: p' = scale * M p + (x, y), M one of the 8 turns. */
export interface Placement {
  /** Index of the other scan. */
  readonly other: number;
  /** Landmarks that agree on it. */
  readonly agreeing: number;
  /** Row-major 2 x 2. */
  readonly turn: Turn;
  readonly scale: number;
  /** Millimetres. */
  readonly x: number;
  readonly y: number;
}

const IDENTITY: Turn = [1, 0, 0, 1];
const TURNS: readonly Turn[] = [
  IDENTITY,
  [0, -1, 1, 0],
  [-1, 0, 0, -1],
  [0, 1, -1, 0],
  [-1, 0, 0, 1],
  [1, 0, 0, -1],
  [0, 1, 1, 0],
  [0, -1, -1, 0],
];

/** Matrices that bring each octant to the first. */
const TO_FIRST = Array.from({ length: 8 }, (_, octant): Turn => {
  const quarter = octant >> 1;
  const [c, s] = [[1, 0, -1, 0][quarter] ?? 1, [0, 1, 0, -1][quarter] ?? 0];
  // Back by so many quarters; then x and y change places in odd octants.
  return (octant & 1) === 1 ? [-s, c, c, s] : [c, s, -s, c];
});

/** Index in {@link TURNS} of what brings a landmark of the octant n >> 3 over one of the octant n & 7. */
const TURN_BETWEEN = Uint8Array.from({ length: 64 }, (_, n) => {
  const [a, b] = [TO_FIRST[n >> 3] ?? IDENTITY, TO_FIRST[n & 7] ?? IDENTITY];
  // b^-1 a; the inverse of an orthogonal matrix is its transpose.
  const product = [
    b[0] * a[0] + b[2] * a[2],
    b[0] * a[1] + b[2] * a[3],
    b[1] * a[0] + b[3] * a[2],
    b[1] * a[1] + b[3] * a[3],
  ];
  return TURNS.findIndex((turn) => turn.every((value, at) => value === product[at]));
});

function ones(word: number): number {
  let count = word - ((word >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Bits of each key: spread over the words. */
const KEYS = Array.from({ length: TABLES }, (_, table) =>
  Uint8Array.from({ length: KEY_BITS }, (_unused, n) => ((table * KEY_BITS + n) * 37 + 11 * table) % 128),
);

export class LandmarkIndex {
  #count = 0;
  #capacity = 4096;
  #scans = 0;
  #scan = new Int32Array(this.#capacity);
  #x = new Float32Array(this.#capacity);
  #y = new Float32Array(this.#capacity);
  #step = new Float32Array(this.#capacity);
  #octant = new Uint8Array(this.#capacity);
  #words = new Uint32Array(4 * this.#capacity);
  /** The next landmark with the same key, one for each table. */
  #next = new Int32Array(TABLES * this.#capacity);
  /** The last look-up that met the landmark. */
  #seen = new Int32Array(this.#capacity);
  #lookUps = 0;
  readonly #heads = new Int32Array(TABLES * 2 ** KEY_BITS).fill(-1);
  /** Votes of the query: its landmark, that of the other scan, turn. */
  #votes = new Int32Array(3 * 4096);
  #voteCount = 0;
  readonly #bins = new Uint16Array(2 ** BIN_BITS);
  #best = new Uint16Array(1024);

  /** @returns index of the scan */
  add(landmarks: Landmarks): number {
    const scan = this.#scans++;
    while (this.#count + landmarks.count > this.#capacity) this.#grow();
    if (scan >= this.#best.length) this.#best = new Uint16Array(2 * this.#best.length);
    for (let n = 0; n < landmarks.count; n++) {
      const at = this.#count++;
      this.#scan[at] = scan;
      this.#x[at] = landmarks.x[n] ?? 0;
      this.#y[at] = landmarks.y[n] ?? 0;
      this.#step[at] = landmarks.step[n] ?? 0;
      this.#octant[at] = landmarks.octant[n] ?? 0;
      for (let w = 0; w < 4; w++) this.#words[4 * at + w] = landmarks.words[4 * n + w] ?? 0;
      for (let table = 0; table < TABLES; table++) {
        const head = (table << KEY_BITS) + keyOf(landmarks.words, 4 * n, table);
        this.#next[TABLES * at + table] = this.#heads[head] ?? -1;
        this.#heads[head] = at;
      }
    }
    return scan;
  }

  /** Scans on which the landmarks lie in one way, the best first. */
  placements(landmarks: Landmarks, isSkipped: (scan: number) => boolean): Placement[] {
    this.#voteCount = 0;
    for (let n = 0; n < landmarks.count; n++) {
      this.#lookUp(landmarks.words, LANDMARK_WORDS * n, n, landmarks.octant[n] ?? 0);
      const other = landmarks.otherOctant[n] ?? NO_OCTANT;
      if (other !== NO_OCTANT) this.#lookUp(otherWordsOf(landmarks, n), 0, n, other);
    }
    const chosen = this.#mostAlike(landmarks, isSkipped);
    const pairs = new Map(chosen.map((scan) => [scan, [] as number[]]));
    for (let vote = 0; vote < this.#voteCount; vote++) {
      const list = pairs.get(this.#scan[this.#votes[3 * vote + 1] ?? 0] ?? 0);
      if (list !== undefined && list.length < MOST_VOTES) list.push(vote);
    }
    return [...pairs]
      .flatMap(([scan, votes]) => this.#agreed(landmarks, scan, votes) ?? [])
      .sort((a, b) => b.agreeing - a.agreeing);
  }

  #lookUp(words: Uint32Array, from: number, n: number, octant: number): void {
    const lookUp = ++this.#lookUps;
    const a = words[from] ?? 0;
    const b = words[from + 1] ?? 0;
    const c = words[from + 2] ?? 0;
    const d = words[from + 3] ?? 0;
    const others = this.#words;
    const next = this.#next;
    const seen = this.#seen;
    for (let table = 0; table < TABLES; table++) {
      let at = this.#heads[(table << KEY_BITS) + keyOf(words, from, table)] ?? -1;
      for (let left = MOST_MET; at >= 0 && left > 0; at = next[TABLES * at + table] ?? -1, left--) {
        let differing = ones(a ^ (others[4 * at] ?? 0)) + ones(c ^ (others[4 * at + 2] ?? 0));
        if (differing > MOST_DIFFERING) continue;
        differing += ones(b ^ (others[4 * at + 1] ?? 0)) + ones(d ^ (others[4 * at + 3] ?? 0));
        if (differing > MOST_DIFFERING || seen[at] === lookUp) continue;
        seen[at] = lookUp;
        if (3 * this.#voteCount + 3 > this.#votes.length) {
          const votes = new Int32Array(2 * this.#votes.length);
          votes.set(this.#votes);
          this.#votes = votes;
        }
        const vote = 3 * this.#voteCount++;
        this.#votes[vote] = n;
        this.#votes[vote + 1] = at;
        this.#votes[vote + 2] = TURN_BETWEEN[8 * octant + (this.#octant[at] ?? 0)] ?? 0;
      }
    }
  }

  /** The scans with the most votes for one movement, roughly. */
  #mostAlike(landmarks: Landmarks, isSkipped: (scan: number) => boolean): number[] {
    const touched = new Int32Array(2 * this.#voteCount);
    const scans: number[] = [];
    const best = this.#best;
    let marks = 0;
    for (let vote = 0; vote < this.#voteCount; vote++) {
      const n = this.#votes[3 * vote] ?? 0;
      const at = this.#votes[3 * vote + 1] ?? 0;
      const turn = this.#votes[3 * vote + 2] ?? 0;
      const m = TURNS[turn] ?? IDENTITY;
      const step = this.#step[at] ?? 1;
      const scale = step / (landmarks.step[n] ?? 1);
      const px = landmarks.x[n] ?? 0;
      const py = landmarks.y[n] ?? 0;
      const scan = this.#scan[at] ?? 0;
      const x = ((this.#x[at] ?? 0) - scale * (m[0] * px + m[1] * py)) / (BIN * step);
      const y = ((this.#y[at] ?? 0) - scale * (m[2] * px + m[3] * py)) / (BIN * step);
      for (let half = 0; half < 2; half++) {
        let hash = Math.imul(16 * scan + 2 * turn + half, 0x9e3779b1);
        hash = Math.imul(hash ^ (hash >>> 15) ^ Math.floor(x + half / 2), 0x85ebca6b);
        hash = Math.imul(hash ^ (hash >>> 13) ^ Math.floor(y + half / 2), 0xc2b2ae35);
        const bin = (hash ^ (hash >>> 16)) & (2 ** BIN_BITS - 1);
        const count = (this.#bins[bin] ?? 0) + 1;
        this.#bins[bin] = count;
        touched[marks++] = bin;
        const most = best[scan] ?? 0;
        if (count > most) {
          if (most < LEAST_AGREEING - 1 && count >= LEAST_AGREEING - 1) scans.push(scan);
          best[scan] = count;
        }
      }
    }
    const chosen = scans
      .filter((scan) => !isSkipped(scan))
      .sort((a, b) => (best[b] ?? 0) - (best[a] ?? 0))
      .slice(0, MOST_SCANS);
    for (let mark = 0; mark < marks; mark++) this.#bins[touched[mark] ?? 0] = 0;
    best.fill(0);
    return chosen;
  }

  /** The movement that most votes agree on, fitted to them. */
  #agreed(landmarks: Landmarks, scan: number, votes: readonly number[]): Placement | null {
    const count = votes.length;
    // For each vote: the landmark turned, the other one, and the movement from one to the other.
    const [rx, ry, ox, oy] = [
      new Float64Array(count),
      new Float64Array(count),
      new Float64Array(count),
      new Float64Array(count),
    ];
    const [tx, ty, scale, step] = [
      new Float64Array(count),
      new Float64Array(count),
      new Float64Array(count),
      new Float64Array(count),
    ];
    const [turn, mark] = [new Uint8Array(count), new Int32Array(count)];
    for (let v = 0; v < count; v++) {
      const vote = 3 * (votes[v] ?? 0);
      const n = this.#votes[vote] ?? 0;
      const at = this.#votes[vote + 1] ?? 0;
      const index = this.#votes[vote + 2] ?? 0;
      const m = TURNS[index] ?? IDENTITY;
      const px = landmarks.x[n] ?? 0;
      const py = landmarks.y[n] ?? 0;
      const s = (this.#step[at] ?? 1) / (landmarks.step[n] ?? 1);
      mark[v] = n;
      turn[v] = index;
      scale[v] = s;
      step[v] = this.#step[at] ?? 1;
      rx[v] = m[0] * px + m[1] * py;
      ry[v] = m[2] * px + m[3] * py;
      ox[v] = this.#x[at] ?? 0;
      oy[v] = this.#y[at] ?? 0;
      tx[v] = (ox[v] ?? 0) - s * (rx[v] ?? 0);
      ty[v] = (oy[v] ?? 0) - s * (ry[v] ?? 0);
    }
    let [best, bestCount] = [-1, 0];
    for (let v = 0; v < count; v += Math.ceil(count / MOST_ASKED)) {
      let agreeing = 0;
      let last = -1;
      const tolerance = TOLERANCE * (step[v] ?? 1);
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
      if (agreeing > bestCount) [best, bestCount] = [v, agreeing];
    }
    if (bestCount < LEAST_AGREEING) return null;
    const nominal = scale[best] ?? 1;
    let [s, x, y] = [nominal, tx[best] ?? 0, ty[best] ?? 0];
    for (let round = 0; round < 3; round++) {
      let [n, sr, sq, so, sp, rr, ro] = [0, 0, 0, 0, 0, 0, 0];
      let [agreeing, last] = [0, -1];
      const tolerance = TOLERANCE * (step[best] ?? 1);
      for (let v = 0; v < count; v++) {
        const [a, b, c, d] = [rx[v] ?? 0, ry[v] ?? 0, ox[v] ?? 0, oy[v] ?? 0];
        if (turn[v] !== turn[best]) continue;
        if (Math.abs(c - s * a - x) > tolerance || Math.abs(d - s * b - y) > tolerance) continue;
        n++;
        sr += a;
        sq += b;
        so += c;
        sp += d;
        rr += a * a + b * b;
        ro += a * c + b * d;
        if (mark[v] !== last) {
          agreeing++;
          last = mark[v] ?? -1;
        }
      }
      if (n < LEAST_AGREEING) break;
      const spread = rr - (sr * sr + sq * sq) / n;
      const fitted = spread > 0 ? (ro - (sr * so + sq * sp) / n) / spread : nominal;
      s = Math.max(nominal / 1.2, Math.min(nominal * 1.2, fitted));
      x = (so - s * sr) / n;
      y = (sp - s * sq) / n;
      bestCount = Math.max(bestCount, agreeing);
    }
    return { other: scan, agreeing: bestCount, turn: TURNS[turn[best] ?? 0] ?? IDENTITY, scale: s, x, y };
  }

  #grow(): void {
    this.#capacity *= 2;
    const size = this.#capacity;
    const wide = <T extends Int32Array | Float32Array | Uint8Array | Uint32Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    this.#scan = wide(this.#scan, new Int32Array(size));
    this.#x = wide(this.#x, new Float32Array(size));
    this.#y = wide(this.#y, new Float32Array(size));
    this.#step = wide(this.#step, new Float32Array(size));
    this.#octant = wide(this.#octant, new Uint8Array(size));
    this.#words = wide(this.#words, new Uint32Array(4 * size));
    this.#next = wide(this.#next, new Int32Array(TABLES * size));
    this.#seen = wide(this.#seen, new Int32Array(size));
  }
}

function keyOf(words: Uint32Array, from: number, table: number): number {
  const bits = KEYS[table];
  if (bits === undefined) return 0;
  let key = 0;
  for (let n = 0; n < KEY_BITS; n++) {
    const bit = bits[n] ?? 0;
    key = (key << 1) | (((words[from + (bit >> 5)] ?? 0) >>> (bit & 31)) & 1);
  }
  return key;
}
