import { describe, expect, it } from 'vitest';
import { encodedFrame, indexFrames, rangesOf, type ReadRange } from './encapsulated-frames';
import { codecFile, codecFixture, pixelDataOf, CODEC_FIXTURES } from './testing/codec-fixtures';

const BEFORE = 6;

const item = (bytes: Uint8Array | readonly number[]) => {
  const header = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  header.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([header, Buffer.from(bytes)]);
};
const END = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);

function longs(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [n, value] of values.entries()) bytes.writeUInt32LE(value, 4 * n);
  return bytes;
}
function bigLongs(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [n, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), 8 * n);
  return bytes;
}

/** Encapsulated pixel data behind a few other bytes. */
const encapsulated = (fragments: readonly (readonly number[])[], table: readonly number[] = [], end = END) =>
  Buffer.concat([Buffer.alloc(BEFORE, 9), item(longs(table)), ...fragments.map(item), end]);

/** Pieces of two frames of JPEG: the first in two fragments, the second in three. */
const PIECES = [
  [0xff, 0xd8, 0xff, 1],
  [2, 3, 0xff, 0xd9],
  [0xff, 0xd8, 0xff, 4],
  [5, 6],
  [7, 0xff, 0xd9, 0],
];
const FRAMES = [
  [0xff, 0xd8, 0xff, 1, 2, 3, 0xff, 0xd9],
  [0xff, 0xd8, 0xff, 4, 5, 6, 7, 0xff, 0xd9, 0],
];
const SECOND = 2 * (8 + 4);

interface Options {
  readonly count?: number;
  readonly encoding?: 'jpeg' | 'rle' | 'jpeg2000';
  readonly extended?: Uint8Array | null;
}
function framesIn(bytes: Uint8Array, { count = 2, encoding = 'jpeg', extended = null }: Options = {}) {
  const read = rangesOf(bytes);
  const index = indexFrames(read, BEFORE, count, encoding, extended);
  return Array.from({ length: count }, (_, number) => [...encodedFrame(read, index, number)]);
}

describe('the frames of encapsulated pixel data', () => {
  it('are found by the basic offset table', () => {
    // No markers here: only the table tells the frames apart.
    const plain = [
      [1, 1],
      [2, 2],
      [3, 3],
    ];
    expect(framesIn(encapsulated(plain, [0, 20]))).toEqual([
      [1, 1, 2, 2],
      [3, 3],
    ]);
    expect(framesIn(encapsulated(plain, [0, 10]))).toEqual([
      [1, 1],
      [2, 2, 3, 3],
    ]);
  });

  it('are found by the extended offset table, before the basic one', () => {
    const plain = [
      [1, 1],
      [2, 2],
      [3, 3],
    ];
    expect(framesIn(encapsulated(plain), { extended: bigLongs([0, 10]) })).toEqual([
      [1, 1],
      [2, 2, 3, 3],
    ]);
    expect(framesIn(encapsulated(plain, [0, 20]), { extended: bigLongs([0, 10]) })).toEqual([
      [1, 1],
      [2, 2, 3, 3],
    ]);
    expect(framesIn(encapsulated(plain, [0, 20]), { extended: bigLongs([0, 2 ** 40]) })).toEqual([
      [1, 1, 2, 2],
      [3, 3],
    ]);
  });

  it('are the fragments where there are as many', () => {
    expect(
      framesIn(
        encapsulated([
          [1, 1],
          [2, 2],
        ]),
      ),
    ).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(
      framesIn(
        encapsulated([
          [1, 1],
          [2, 2],
        ]),
        { encoding: 'rle' },
      ),
    ).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(framesIn(encapsulated([[1, 1], [], [2, 2]]))).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it('are told apart by their markers where there is no table', () => {
    expect(framesIn(encapsulated(PIECES))).toEqual(FRAMES);
  });

  it('begin where a stream begins and another has ended', () => {
    const thumbnail = [
      [0xff, 0xd8, 0xff, 1],
      [0xff, 0xd8, 0xff, 2],
      [3, 0xff, 0xd9],
      [0xff, 0xd8, 0xff, 0xd9],
    ];
    expect(framesIn(encapsulated(thumbnail))).toEqual([
      [0xff, 0xd8, 0xff, 1, 0xff, 0xd8, 0xff, 2, 3, 0xff, 0xd9],
      [0xff, 0xd8, 0xff, 0xd9],
    ]);
  });

  it('are one where one is announced, whatever the table says', () => {
    for (const table of [[], [0], [0, 20], [77]])
      expect(
        framesIn(
          encapsulated(
            [
              [1, 1],
              [2, 2],
            ],
            table,
          ),
          { count: 1 },
        ),
      ).toEqual([[1, 1, 2, 2]]);
  });

  it.each([
    ['zeros', [0, 0]],
    ['a frame too many', [0, 12, SECOND]],
    ['a frame too few', [0]],
    ['offsets from the table itself', [8, SECOND + 8]],
    ['offsets of the values, not of their items', [8, SECOND + 8 + 8]],
    ['another beginning', [12, SECOND]],
    ['another order', [SECOND, 0]],
    ['an offset behind the end', [0, 4096]],
  ])('are found without the table when it holds %s', (_, table) => {
    expect(framesIn(encapsulated(PIECES, table))).toEqual(FRAMES);
    const alone = FRAMES.map((frame) => [...frame]);
    expect(
      framesIn(
        encapsulated(
          alone,
          table.map((offset) => (offset === SECOND ? 5 : offset)),
        ),
      ),
    ).toEqual(FRAMES);
    expect(framesIn(encapsulated(PIECES), { extended: bigLongs(table) })).toEqual(FRAMES);
  });

  it.each(CODEC_FIXTURES.filter(({ sha256 }) => sha256.length > 1))(
    'are the same bytes with and without a table, in one fragment and in several: $name',
    ({ name, encoding, sha256 }) => {
      const framesOf = (file: string) => {
        const bytes = codecFile(file);
        const { offset, extendedOffsets } = pixelDataOf(bytes);
        const index = indexFrames(rangesOf(bytes), offset, sha256.length, encoding, extendedOffsets);
        return sha256.map((_, number) => withoutPadding(encodedFrame(rangesOf(bytes), index, number)));
      };
      const plain = name.replace(/-(in-fragments|with|without).*$/u, '-with-table');
      expect(framesOf(name)).toEqual(framesOf(plain));
    },
  );
});

function withoutPadding(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/(00)+$/u, '');
}

describe('reading the frames of a file', () => {
  const name = 'frames-jpeg-2000-in-fragments-without-table';

  /** Notes what is read of a file. */
  function watched(bytes: Uint8Array): { read: ReadRange; lengths: number[] } {
    const lengths: number[] = [];
    const read: ReadRange = (position, length) => {
      lengths.push(length);
      return bytes.subarray(position, position + length);
    };
    return { read, lengths };
  }

  it('reads no pixels to find them, and no other frame to read one', () => {
    const bytes = codecFile(name);
    const { sha256, encoding } = codecFixture(name);
    const { read, lengths } = watched(bytes);
    const index = indexFrames(read, pixelDataOf(bytes).offset, sha256.length, encoding);
    expect(Math.max(...lengths)).toBe(8);
    lengths.length = 0;
    const frame = encodedFrame(read, index, 1);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(frame.length);
  });

  it('gives a view of the file where a frame is in one fragment', () => {
    const bytes = encapsulated([
      [1, 1],
      [2, 2],
    ]);
    const index = indexFrames(rangesOf(bytes), BEFORE, 2, 'jpeg');
    expect(encodedFrame(rangesOf(bytes), index, 1).buffer).toBe(bytes.buffer);
  });

  it('keeps an index that crosses to another thread', () => {
    const bytes = encapsulated(PIECES);
    const index = structuredClone(indexFrames(rangesOf(bytes), BEFORE, 2, 'jpeg'));
    expect([...encodedFrame(rangesOf(bytes), index, 1)]).toEqual(FRAMES[1]);
    expect(() => encodedFrame(rangesOf(bytes), index, 2)).toThrow('frame 2 of 2');
  });
});

describe('pixel data that are cut off', () => {
  const missing = 'It is cut off: the end of its compressed pixels is missing.';

  it.each([
    ['a table', [0, SECOND]],
    ['markers', []],
  ])('keep the frames before the cut, and say that the others are missing: found by %s', (_, table) => {
    const whole = encapsulated(PIECES, table);
    const begin = BEFORE + 8 + 4 * table.length;
    // In the header of the second frame's first fragment, or in the fragment itself.
    for (const length of [begin + SECOND, begin + SECOND + 5, begin + SECOND + 10]) {
      const read = rangesOf(whole.subarray(0, length));
      const index = indexFrames(read, BEFORE, 2, 'jpeg');
      expect([...encodedFrame(read, index, 0)]).toEqual(FRAMES[0]);
      expect(() => encodedFrame(read, index, 1)).toThrow(missing);
    }
  });

  it('keep the whole frames of RLE, too', () => {
    const whole = encapsulated([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    const read = rangesOf(whole.subarray(0, whole.length - END.length - 1));
    const index = indexFrames(read, BEFORE, 3, 'rle');
    expect([0, 1].map((number) => [...encodedFrame(read, index, number)])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(() => encodedFrame(read, index, 2)).toThrow(missing);
  });

  it('are refused when no fragment is whole, or no frame can be told', () => {
    const whole = encapsulated([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    for (let length = BEFORE; length < BEFORE + 8 + 10; length++)
      for (const count of [1, 2])
        expect(() => framesIn(whole.subarray(0, length), { count })).toThrow(missing);
    expect(() => framesIn(whole.subarray(0, -9), { count: 5 })).toThrow(missing);
  });

  it('are refused when something else stands between the fragments', () => {
    const broken = encapsulated([[1, 1]], [], Buffer.from('rubbish '));
    expect(framesIn(broken, { count: 1 })).toEqual([[1, 1]]);
    expect(() => framesIn(broken, { count: 2 })).toThrow(missing);
  });
});

describe('frames that cannot be told apart', () => {
  it.each([
    [
      'jpeg',
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
    ],
    [
      'jpeg',
      [
        [0xff, 0xd8, 0xff, 1],
        [2, 0xff, 0xd9],
        [3, 3],
      ],
    ],
    ['jpeg2000', PIECES.slice(0, 3)],
    [
      'rle',
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
    ],
  ] as const)('are refused with numbers and a remedy: %s', (encoding, fragments) => {
    expect(() => framesIn(encapsulated(fragments), { encoding })).toThrow(
      'Its header says 2 frames, and its compressed pixels are 3 pieces that cannot be told apart: store it uncompressed',
    );
  });
});
