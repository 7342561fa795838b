import { LANDMARK_WORDS, NO_OCTANT, otherWordsOf, type Landmarks } from './landmarks';
import { agreedMovement, LEAST_AGREEING, Votes, type Movement } from './movement';
import { IDENTITY, TURN_BETWEEN, TURNS } from './turns';
import { setBits } from '../set-bits';

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
/** Votes for one scan that are looked at closely. */
const MOST_VOTES = 300;

/** How the slices of one scan lie over those of another one. */
export interface Placement extends Movement {
  /** Index of the other scan. */
  readonly other: number;
}

/** Bits of each key: spread over the words. */
const KEYS = Array.from({ length: TABLES }, (_, table) =>
  Uint8Array.from({ length: KEY_BITS }, (_unused, n) => ((table * KEY_BITS + n) * 37 + 11 * table) % 128),
);

/**
 * Landmarks of many scans, looked up by what they look like (locality-sensitive hashing: keys of some of their bits). What
 * a look-up meets votes for a movement of one scan over another, as in a Hough transform.
 */
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
      .flatMap(([scan, votes]) => this.#placementOn(landmarks, scan, votes) ?? [])
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
        let differing = setBits(a ^ (others[4 * at] ?? 0)) + setBits(c ^ (others[4 * at + 2] ?? 0));
        if (differing > MOST_DIFFERING) continue;
        differing += setBits(b ^ (others[4 * at + 1] ?? 0)) + setBits(d ^ (others[4 * at + 3] ?? 0));
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

  /** The movement that the votes for a scan agree on. */
  #placementOn(landmarks: Landmarks, other: number, votes: readonly number[]): Placement | null {
    const gathered = new Votes(votes.length);
    for (const [v, number] of votes.entries()) {
      const n = this.#votes[3 * number] ?? 0;
      const at = this.#votes[3 * number + 1] ?? 0;
      const turn = this.#votes[3 * number + 2] ?? 0;
      const m = TURNS[turn] ?? IDENTITY;
      const px = landmarks.x[n] ?? 0;
      const py = landmarks.y[n] ?? 0;
      gathered.mark[v] = n;
      gathered.turn[v] = turn;
      gathered.turnedX[v] = m[0] * px + m[1] * py;
      gathered.turnedY[v] = m[2] * px + m[3] * py;
      gathered.otherX[v] = this.#x[at] ?? 0;
      gathered.otherY[v] = this.#y[at] ?? 0;
      gathered.scale[v] = (this.#step[at] ?? 1) / (landmarks.step[n] ?? 1);
      gathered.step[v] = this.#step[at] ?? 1;
    }
    const movement = agreedMovement(gathered);
    return movement === null ? null : { other, ...movement };
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
