import { HeldoutError } from '#src/contracts/failure';
import type { StoredFormat } from '#src/imaging/stored-values';
import { describeJpeg } from './jpeg-stream';
import { describeJpeg2000 } from './jpeg-2000-stream';
import type { CodecEncoding } from './transfer-syntaxes';

/** What a compressed frame says of itself. */
export interface StreamFormat {
  readonly rows: number;
  readonly columns: number;
  /** Bits of a sample. */
  readonly bits: number;
  /** Samples of a pixel. */
  readonly components: number;
  /** Whether decoded samples may go beyond those that were encoded. */
  readonly lossy: boolean;
}

/** The decoders write 16 bits for each sample at most. */
const MOST_BITS = 16;

/**
 * Describes a compressed frame; refuses one that is cut off or does not fit the header of its image: the decoders fill
 * what is missing, write beyond their memory where samples are wider than announced, and say nothing.
 *
 * @throws HeldoutError `input`
 */
export function checkCompressedFrame(
  encoding: CodecEncoding,
  encoded: Uint8Array,
  { rows, columns, bitsAllocated }: { rows: number; columns: number } & Pick<StoredFormat, 'bitsAllocated'>,
): StreamFormat {
  const stream = encoding === 'jpeg2000' ? describeJpeg2000(encoded) : describeJpeg(encoding, encoded);
  if (stream === null) throw damagedPixels();
  const { bits, components } = stream;
  if (stream.rows !== rows || stream.columns !== columns)
    throw new HeldoutError(
      'input',
      `Its compressed pixels are ${stream.columns} x ${stream.rows}, and its header says ${columns} x ${rows}.`,
    );
  if (components !== 1)
    throw new HeldoutError(
      'input',
      `Its compressed pixels have ${components} colours, and its header says grey: only grey images are read.`,
    );
  if (bits > bitsAllocated)
    throw new HeldoutError(
      'input',
      `Its compressed pixels have ${bits} bits, and its header says ${bitsAllocated}.`,
    );
  if (bits > MOST_BITS)
    throw new HeldoutError(
      'input',
      `Its compressed pixels have ${bits} bits, and up to ${MOST_BITS} are read: store it uncompressed, for instance with gdcmconv --raw.`,
    );
  return stream;
}

/** What is said of every compressed frame that cannot be trusted. */
export const damagedPixels = () => new HeldoutError('input', 'Its compressed pixels are damaged or cut off.');
