import { HeldoutError } from '#src/contracts/failure';
import { isGzip, isNiftiHead, isNiftiPairHead } from '#main/nifti/nifti-bytes';
import { DicomFields } from './dicom-fields';
import type { ElementFields } from './element-fields';
import { framesOf } from './frames-of';
import { unpackedHead } from './gzip-file';
import type { DicomContext, FileFinding, PixelFormat } from './header';
import { isPart10, parseDicom } from './parse-dicom';
import { philipsScaling } from './philips-scaling';
import { scanDicom, type ScannedFields } from './scanned-fields';
import {
  explainReadError,
  readFileInto,
  readSource,
  readSourceHead,
  type FileStamp,
  type SourceFile,
} from './source-file';
import { TRANSFER_SYNTAXES, unreadSyntaxSentence } from './transfer-syntaxes';
import { unreadFormat } from './unread-formats';

/** The header of nearly every file lies in here. */
const HEAD_BYTES = 32 * 1024;
/** The header of nearly every other file lies in here: some scanners add as much of their own. */
const LONG_HEAD_BYTES = 512 * 1024;
/** No header is longer; what follows in the file is pixels. */
const MOST_HEADER_BYTES = 256 * 1024 * 1024;

const ITEM_HEADER_BYTES = 8;

const NOT_AN_IMAGE: FileFinding = { kind: 'left out', reason: 'Not an image.', image: false };
const leftOut = (reason: string): FileFinding => ({ kind: 'left out', reason, image: true });

/** CR, DX, CT, MR, US, SC, XA, NM, PET, RT image: classes whose files hold pixels. */
const IMAGE_CLASSES = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(1|2|4|6|7|12|20|128|481\.1)(\.|$)/u;
const SEGMENTATIONS = new Set(['1.2.840.10008.5.1.4.1.1.66.4', '1.2.840.10008.5.1.4.1.1.66.7']);
const STRUCTURE_SET = '1.2.840.10008.5.1.4.1.1.481.3';
/** What the scanner measured, beside the image that was made of it. */
const RAW_DATA = '1.2.840.10008.5.1.4.1.1.66';

/** A header as either parser leaves it. */
interface OpenedHeader {
  readonly fields: ElementFields;
  readonly transferSyntax: string;
  /** In the file, or in its inflated content; null when the header has no pixel data. */
  readonly pixelOffset: number | null;
  /** Bytes of the content that {@link pixelOffset} counts in. */
  readonly contentSize: number;
}

/** What a file is, and its size and time of change as they were when it was opened. */
export interface Examined {
  readonly finding: FileFinding;
  readonly stamp: FileStamp;
}

/** Their content is used up before the next file is examined in this thread. */
const headBuffer = new Uint8Array(HEAD_BYTES);
let longBuffer: Uint8Array<ArrayBuffer> | null = null;

/** Says what a file is, by its content, and reads its header when it is an image. Never throws. */
export function examineFile(source: SourceFile): Examined {
  let stamp: FileStamp = { size: source.size, modified: source.modified, isGzip: source.isGzip };
  try {
    const head = readSourceHead(source, headBuffer);
    stamp = head.stamp;
    const unpacked = isGzip(head.bytes) && !isNiftiHead(head.bytes) ? unpackedHead(head.bytes) : null;
    if (unpacked === null) return { finding: examine(source, head.bytes, stamp.size), stamp };
    stamp = { ...stamp, isGzip: true };
    // How much it unpacks to is known when it is read.
    return { finding: examine({ ...source, ...stamp }, unpacked, Infinity), stamp };
  } catch (error) {
    const explained = explainReadError(error);
    const finding = leftOut(
      explained instanceof HeldoutError
        ? explained.failure.sentence
        : 'It is damaged: its header cannot be read.',
    );
    return { finding, stamp };
  }
}

function examine(source: SourceFile, head: Uint8Array, size: number): FileFinding {
  const scanned = scanDicom(head) ?? scanFurther(source, head, size);
  if (scanned !== null && !needsParser(scanned))
    return findingOf({
      fields: scanned,
      transferSyntax: scanned.transferSyntax,
      pixelOffset: scanned.pixelOffset,
      contentSize: size,
    });
  if (isNiftiHead(head)) return { kind: 'nifti' };
  let bytes = head;
  let parsed = parseDicom(head);
  const needsMore = parsed === null ? isPart10(head) : !parsed.complete;
  if (needsMore && size > head.length) {
    bytes = readSource(source, MOST_HEADER_BYTES);
    parsed = parseDicom(bytes);
  }
  if (parsed === null) return notDicom(source.path, head);
  const isInflated = TRANSFER_SYNTAXES.get(parsed.transferSyntax)?.deflated === true;
  const { byteArray, elements } = parsed.dataSet;
  // Meta information without a preamble was given one (parse-dicom), unless the data set was inflated anyway.
  const inserted = isInflated ? 0 : byteArray.length - bytes.length;
  const pixelData = elements['x7fe00010'];
  return findingOf({
    fields: new DicomFields(parsed.dataSet),
    transferSyntax: parsed.transferSyntax,
    pixelOffset: pixelData === undefined ? null : pixelData.dataOffset - inserted,
    contentSize: isInflated ? byteArray.length : size,
  });
}

/** Scans more of a file whose header, by private elements, is longer than most. */
function scanFurther(source: SourceFile, head: Uint8Array, size: number): ScannedFields | null {
  if (source.entry !== null || source.isGzip || size <= head.length || !isPart10(head)) return null;
  longBuffer ??= new Uint8Array(LONG_HEAD_BYTES);
  return scanDicom(readFileInto(source, 0, longBuffer));
}

const FUNCTIONAL_GROUPS = ['x52009229', 'x52009230'];
/** Sequences of classic files that are looked into: diffusion gradients, real-world values. */
const TELLING_SEQUENCES = ['x00189076', 'x00409096'];

/** Whether the frames of a file are described in sequences, or are parts of one, or a sequence is out of the ordinary. */
function needsParser(fields: ScannedFields): boolean {
  return (
    (FUNCTIONAL_GROUPS.some((tag) => fields.has(tag)) && !fields.has('x00200032')) ||
    !TELLING_SEQUENCES.every((tag) => fields.canRead(tag)) ||
    (fields.number('x00280008') ?? 1) > 1 ||
    /MOSAIC|VFRAME/u.test(fields.code('x00080008'))
  );
}

function notDicom(path: string, head: Uint8Array): FileFinding {
  const unread = unreadFormat(head);
  if (unread !== null) return leftOut(unread);
  if (isNiftiPairHead(head))
    return leftOut(
      'NIfTI pairs (.hdr and .img) are not read: convert them to a single .nii or .nii.gz file.',
    );
  if (/\.(dcm|ima|nii)(\.gz)?$/iu.test(path) || isPart10(head))
    return leftOut('It is damaged or incomplete: its header cannot be read. Copy it again from its source.');
  return NOT_AN_IMAGE;
}

function findingOf(header: OpenedHeader): FileFinding {
  const { fields, transferSyntax, pixelOffset } = header;
  const sopClass = fields.code('x00080016');
  if (SEGMENTATIONS.has(sopClass)) return { kind: 'segmentation' };
  if (sopClass === STRUCTURE_SET) return { kind: 'structure set' };
  if (sopClass === RAW_DATA) return NOT_AN_IMAGE;
  const rows = fields.short('x00280010');
  const columns = fields.short('x00280011');
  if (rows === null || columns === null || rows === 0 || columns === 0)
    return IMAGE_CLASSES.test(sopClass)
      ? leftOut(
          'It is cut off or damaged: its header names no matrix. Copy or export it again from its source.',
        )
      : NOT_AN_IMAGE;
  const problem = unreadable(fields);
  if (problem !== null) return leftOut(problem);
  if (pixelOffset === null)
    return leftOut(
      'It is cut off: the file ends before its pixels begin. Copy or export it again from its source.',
    );
  const syntax = TRANSFER_SYNTAXES.get(transferSyntax);
  if (syntax === undefined) return leftOut(unreadSyntaxSentence(transferSyntax));
  const pixels = pixelFormat(fields, rows, columns, transferSyntax);
  const expected = rows * columns * (pixels.bitsAllocated / 8) * pixels.frames;
  const present = header.contentSize - pixelOffset;
  // A compressed frame has at least the header of its item.
  if (syntax.pixels !== 'native' && present < ITEM_HEADER_BYTES * pixels.frames)
    return leftOut(
      `It is cut off: ${present} bytes cannot hold ${pixels.frames} compressed frames. ` +
        'Copy or export it again from its source.',
    );
  if (syntax.pixels === 'native' && present < expected)
    return leftOut(
      `It is cut off: ${Math.max(0, present)} of ${expected} bytes of its pixels are there. ` +
        'Copy or export it again from its source.',
    );
  return {
    kind: 'dicom',
    image: {
      context: contextOf(fields, pixels),
      sopInstanceUid: fields.code('x00080018'),
      frameOfReferenceUid: fields.code('x00200052'),
      pixelOffset,
      extendedOffsets: copyOf(fields.bytes('x7fe00001')),
      notes: notesOf(fields),
    },
    frames: framesOf(fields),
  };
}

/** Files without notes share one list: what is held for a file counts where there are many. */
const NO_NOTES: readonly string[] = [];

function notesOf(fields: ElementFields): readonly string[] {
  const scaling = philipsScaling(fields);
  return scaling === null ? NO_NOTES : [scaling];
}

/** The head's bytes are used up when the next file is examined. */
const copyOf = (bytes: Uint8Array | null) => (bytes === null ? null : new Uint8Array(bytes));

/** Why an image cannot be read, or null. */
function unreadable(fields: ElementFields): string | null {
  if (fields.has('x7fe00008') || fields.has('x7fe00009'))
    return 'Its pixels are floating-point numbers, which is not read in DICOM: convert it to NIfTI.';
  const photometric = fields.code('x00280004');
  if ((fields.short('x00280002') ?? 1) > 1 || !/^(MONOCHROME[12]|)$/u.test(photometric))
    return (
      `It is a colour image (${photometric || 'several samples per pixel'}): only grey images are read. ` +
      'Export the original grey images, or convert it to NIfTI.'
    );
  const bits = fields.short('x00280100');
  if (bits !== 8 && bits !== 16 && bits !== 32)
    return `Its pixels have ${bits ?? 'no'} bits: 8, 16 and 32 are read. Convert it to one of these.`;
  return null;
}

function pixelFormat(
  fields: ElementFields,
  rows: number,
  columns: number,
  transferSyntax: string,
): PixelFormat {
  const bits = fields.short('x00280100');
  const bitsAllocated = bits === 8 ? 8 : bits === 32 ? 32 : 16;
  const stored = fields.short('x00280101') ?? bitsAllocated;
  const bitsStored = stored >= 1 && stored <= bitsAllocated ? stored : bitsAllocated;
  const high = fields.short('x00280102') ?? bitsStored - 1;
  const frames = fields.number('x00280008') ?? 1;
  return {
    rows,
    columns,
    frames: Number.isInteger(frames) && frames >= 1 ? frames : 1,
    bitsAllocated,
    bitsStored,
    highBit: high >= bitsStored - 1 && high < bitsAllocated ? high : bitsStored - 1,
    signed: fields.short('x00280103') === 1,
    transferSyntax,
    inverted: fields.code('x00280004') === 'MONOCHROME1',
  };
}

/** Elements of which a context is made; files that agree in them have the same one. */
const CONTEXT_TAGS = [
  ...['x00080005', 'x00100010', 'x00100020', 'x00100030', 'x00100040'],
  ...['x0020000d', 'x00080020', 'x00081030', 'x0020000e', 'x00200011', 'x0008103e'],
  ...['x00181030', 'x00080060', 'x00180015'],
];
/** Contexts of the latest files of this thread: those of a series lie together. */
const recentContexts = new Map<string, DicomContext>();
const MOST_CONTEXTS = 256;

function contextOf(fields: ElementFields, pixels: PixelFormat): DicomContext {
  const values = CONTEXT_TAGS.map((tag) => fields.code(tag));
  const key = [...values, ...Object.values(pixels)].join('\n');
  const known = recentContexts.get(key);
  if (known !== undefined) return known;
  const context: DicomContext = {
    patient: {
      id: fields.text('x00100020'),
      name: fields.text('x00100010'),
      birthDate: fields.code('x00100030'),
      sex: fields.code('x00100040'),
    },
    study: {
      uid: fields.code('x0020000d'),
      date: fields.code('x00080020'),
      description: fields.text('x00081030'),
    },
    series: {
      uid: fields.code('x0020000e'),
      number: fields.number('x00200011'),
      description: fields.text('x0008103e'),
      protocol: fields.text('x00181030'),
      modality: fields.code('x00080060'),
      bodyPart: fields.code('x00180015'),
    },
    pixels,
  };
  if (recentContexts.size >= MOST_CONTEXTS) recentContexts.clear();
  recentContexts.set(key, context);
  return context;
}
