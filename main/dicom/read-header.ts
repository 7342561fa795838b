import type { Vector3 } from '#src/imaging/geometry';
import { dot, length, scaled } from '#src/imaging/vectors';
import { HeldoutError } from '#src/contracts/failure';
import { isNiftiHead, isNiftiPairHead } from '#main/nifti/nifti-bytes';
import { DicomFields } from './dicom-fields';
import type { DicomHeader, FileFinding, PixelDescription } from './header';
import { maskFormOf } from './mask-object';
import { isPart10, parseDicom, type ParsedDicom } from './parse-dicom';
import { explainReadError, readSource, type SourceFile } from './source-file';
import { TRANSFER_SYNTAXES, unreadSyntaxSentence } from './transfer-syntaxes';

/** The header of nearly every file lies in here; the rest of the file is read with the pixels. */
const HEAD_BYTES = 64 * 1024;

const NOT_AN_IMAGE: FileFinding = { kind: 'left out', reason: 'Not an image.', image: false };
const leftOut = (reason: string): FileFinding => ({ kind: 'left out', reason, image: true });

/** CR, DX, CT, MR, US, SC, XA, NM, PET, RT image: classes whose files hold pixels. */
const IMAGE_CLASSES = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(1|2|4|6|7|12|20|128|481\.1)(\.|$)/u;

/** Says what a file is, by its content, and reads its header when it is an image. Never throws. */
export function examineFile(source: SourceFile): FileFinding {
  try {
    const head = readSource(source, HEAD_BYTES);
    if (isNiftiHead(head)) return { kind: 'nifti' };
    let bytes = head;
    let parsed = parseDicom(head);
    const needsMore = parsed === null ? isPart10(head) : !parsed.complete && !isMaskObject(parsed);
    if (needsMore && source.size > head.length) {
      bytes = readSource(source);
      parsed = parseDicom(bytes);
    }
    return parsed === null ? notDicom(source.path, head) : headerOf(parsed, source.size, bytes);
  } catch (error) {
    const explained = explainReadError(error);
    return leftOut(
      explained instanceof HeldoutError
        ? explained.failure.sentence
        : 'It is damaged: its header cannot be read.',
    );
  }
}

/** A mask object is read whole later, and a structure set has no pixels at which its header could end. */
function isMaskObject({ dataSet }: ParsedDicom): boolean {
  return maskFormOf(new DicomFields(dataSet).code('x00080016')) !== null;
}

function notDicom(path: string, head: Uint8Array): FileFinding {
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4)
    return leftOut(
      'A zip archive inside another one, or without the ending .zip, is not opened: unpack it first.',
    );
  if (isNiftiPairHead(head))
    return leftOut(
      'NIfTI pairs (.hdr and .img) are not read: convert them to a single .nii or .nii.gz file.',
    );
  if (/\.(dcm|nii|nii\.gz)$/iu.test(path) || isPart10(head))
    return leftOut('It is damaged or incomplete: its header cannot be read.');
  return NOT_AN_IMAGE;
}

function headerOf(parsed: ParsedDicom, fileSize: number, bytes: Uint8Array): FileFinding {
  const fields = new DicomFields(parsed.dataSet);
  const rows = fields.short('x00280010');
  const columns = fields.short('x00280011');
  const sopClass = fields.code('x00080016');
  const maskForm = maskFormOf(sopClass);
  if (maskForm !== null) return { kind: maskForm };
  if (rows === null || columns === null || rows === 0 || columns === 0)
    return IMAGE_CLASSES.test(sopClass)
      ? leftOut('It is cut off or damaged: its header names no matrix.')
      : NOT_AN_IMAGE;
  const problem = unreadable(fields, parsed);
  if (problem !== null) return leftOut(problem);
  if (!parsed.complete) return leftOut('It is cut off: the file ends before its pixels begin.');
  const syntax = TRANSFER_SYNTAXES.get(parsed.transferSyntax);
  if (syntax === undefined) return leftOut(unreadSyntaxSentence(parsed.transferSyntax));
  const pixels = pixelDescription(fields, parsed, bytes);
  const isInflated = syntax.deflated === true;
  const expected = rows * columns * (pixels.bitsAllocated / 8);
  const present = (isInflated ? parsed.dataSet.byteArray.length : fileSize) - pixels.offset;
  if (syntax.pixels === 'native' && present < expected)
    return leftOut(`It is cut off: ${Math.max(0, present)} of ${expected} bytes of its pixels are there.`);
  return { kind: 'dicom', header: describe(fields, rows, columns, pixels) };
}

/** Why an image cannot be read, or null. */
function unreadable(fields: DicomFields, parsed: ParsedDicom): string | null {
  const { elements } = parsed.dataSet;
  if (elements['x7fe00008'] !== undefined || elements['x7fe00009'] !== undefined)
    return 'Its pixels are floating-point numbers, which is not read in DICOM: convert it to NIfTI.';
  if ((fields.number('x00280008') ?? 1) > 1)
    return 'It holds several frames in one file (enhanced multi-frame), which is not read yet: convert it to NIfTI.';
  if (fields.code('x00080008').split('\\').includes('MOSAIC'))
    return 'It is a mosaic of slices, which is not read yet: convert it to NIfTI.';
  const photometric = fields.code('x00280004');
  if ((fields.short('x00280002') ?? 1) > 1 || !/^(MONOCHROME[12]|)$/u.test(photometric))
    return `It is a colour image (${photometric || 'several samples per pixel'}): only grey images are read.`;
  const bits = fields.short('x00280100');
  if (bits !== 8 && bits !== 16 && bits !== 32)
    return `Its pixels have ${bits ?? 'no'} bits: 8, 16 and 32 are read.`;
  return null;
}

function pixelDescription(fields: DicomFields, parsed: ParsedDicom, bytes: Uint8Array): PixelDescription {
  const bits = fields.short('x00280100');
  const bitsAllocated = bits === 8 ? 8 : bits === 32 ? 32 : 16;
  const stored = fields.short('x00280101') ?? bitsAllocated;
  const bitsStored = stored >= 1 && stored <= bitsAllocated ? stored : bitsAllocated;
  const high = fields.short('x00280102') ?? bitsStored - 1;
  const centre = fields.number('x00281050');
  const width = fields.number('x00281051');
  const slope = fields.number('x00281053') ?? 1;
  // Meta information without a preamble was given one (parse-dicom), unless the data set was inflated anyway.
  const inserted =
    TRANSFER_SYNTAXES.get(parsed.transferSyntax)?.deflated === true
      ? 0
      : parsed.dataSet.byteArray.length - bytes.length;
  return {
    bitsAllocated,
    bitsStored,
    highBit: high >= bitsStored - 1 && high < bitsAllocated ? high : bitsStored - 1,
    signed: fields.short('x00280103') === 1,
    slope: slope === 0 ? 1 : slope,
    intercept: fields.number('x00281052') ?? 0,
    transferSyntax: parsed.transferSyntax,
    inverted: fields.code('x00280004') === 'MONOCHROME1',
    window: centre === null || width === null ? null : { centre, width },
    offset: (parsed.dataSet.elements['x7fe00010']?.dataOffset ?? 0) - inserted,
  };
}

function describe(fields: DicomFields, rows: number, columns: number, pixels: PixelDescription): DicomHeader {
  const [betweenRows, betweenColumns] = fields.numbers('x00280030');
  const hasSpacing =
    betweenRows !== undefined && betweenColumns !== undefined && betweenRows > 0 && betweenColumns > 0;
  return {
    rows,
    columns,
    position: fields.vector('x00200032'),
    orientation: orientationOf(fields.vector('x00200037'), fields.vector('x00200037', 3)),
    pixelSpacing: hasSpacing ? [betweenRows, betweenColumns] : null,
    sliceThickness: positive(fields.number('x00180088')) ?? positive(fields.number('x00180050')),
    instanceNumber: fields.number('x00200013'),
    temporalPosition: fields.number('x00200100'),
    triggerTime: fields.number('x00181060'),
    acquisitionNumber: fields.number('x00200012'),
    acquisitionTime: fields.timeOfDay('x00080032'),
    contentTime: fields.timeOfDay('x00080033'),
    echoTime: fields.number('x00180081'),
    inversionTime: fields.number('x00180082'),
    flipAngle: fields.number('x00181314'),
    bValue: fields.double('x00189087'),
    imageType: fields.code('x00080008'),
    sopInstanceUid: fields.code('x00080018'),
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
      modality: fields.code('x00080060'),
    },
    pixels,
  };
}

const positive = (value: number | null) => (value !== null && value > 0 ? value : null);

/** Unit direction cosines of row and column, or null when they are absent or not at right angles. */
function orientationOf(row: Vector3 | null, column: Vector3 | null): readonly [Vector3, Vector3] | null {
  if (row === null || column === null) return null;
  const [rowLength, columnLength] = [length(row), length(column)];
  if (!(rowLength > 0.5) || !(columnLength > 0.5)) return null;
  const unit = [scaled(row, 1 / rowLength), scaled(column, 1 / columnLength)] as const;
  return Math.abs(dot(...unit)) < 0.02 ? unit : null;
}
