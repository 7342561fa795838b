/** Row-major 2 x 2: a quarter turn, with or without a mirror image. */
export type Turn = readonly [number, number, number, number];

export const IDENTITY: Turn = [1, 0, 0, 1];
/** All eight of them. */
export const TURNS: readonly Turn[] = [
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
export const TURN_BETWEEN = Uint8Array.from({ length: 64 }, (_, n) => {
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
