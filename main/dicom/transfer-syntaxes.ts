/**
 * How the pixels of each transfer syntax are read: `native` ones lie in the file as they are, the others name the codec
 * that decodes them. To read another syntax, add it here (and its codec in codecs.ts).
 */
export type PixelEncoding = 'native' | 'rle' | 'jpeg' | 'jpeg2000' | 'htj2k';

export interface TransferSyntax {
  readonly name: string;
  readonly pixels: PixelEncoding;
  readonly bigEndian?: boolean;
  readonly deflated?: boolean;
}

export const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const DEFLATED_EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1.99';
export const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2';

export const TRANSFER_SYNTAXES: ReadonlyMap<string, TransferSyntax> = new Map<string, TransferSyntax>([
  [IMPLICIT_LITTLE_ENDIAN, { name: 'implicit VR, little endian', pixels: 'native' }],
  [EXPLICIT_LITTLE_ENDIAN, { name: 'explicit VR, little endian', pixels: 'native' }],
  [DEFLATED_EXPLICIT_LITTLE_ENDIAN, { name: 'deflated explicit VR', pixels: 'native', deflated: true }],
  [EXPLICIT_BIG_ENDIAN, { name: 'explicit VR, big endian', pixels: 'native', bigEndian: true }],
  ['1.2.840.10008.1.2.5', { name: 'RLE lossless', pixels: 'rle' }],
  ['1.2.840.10008.1.2.4.50', { name: 'JPEG baseline', pixels: 'jpeg' }],
  ['1.2.840.10008.1.2.4.51', { name: 'JPEG extended (12 bit)', pixels: 'jpeg' }],
  ['1.2.840.10008.1.2.4.57', { name: 'JPEG lossless', pixels: 'jpeg' }],
  ['1.2.840.10008.1.2.4.70', { name: 'JPEG lossless, first-order prediction', pixels: 'jpeg' }],
  ['1.2.840.10008.1.2.4.90', { name: 'JPEG 2000 lossless', pixels: 'jpeg2000' }],
  ['1.2.840.10008.1.2.4.91', { name: 'JPEG 2000', pixels: 'jpeg2000' }],
]);

/** Names of syntaxes that are known but not read, for the report. */
const UNREAD: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.4.80': 'JPEG-LS lossless',
  '1.2.840.10008.1.2.4.81': 'JPEG-LS near-lossless',
  '1.2.840.10008.1.2.4.100': 'MPEG-2 video',
  '1.2.840.10008.1.2.4.102': 'MPEG-4 video',
  '1.2.840.10008.1.2.4.110': 'JPEG XL lossless',
  '1.2.840.10008.1.2.4.201': 'HTJ2K lossless',
  '1.2.840.10008.1.2.4.202': 'HTJ2K lossless RPCL',
  '1.2.840.10008.1.2.4.203': 'HTJ2K',
};

/** The sentence for a syntax that is not in {@link TRANSFER_SYNTAXES}. */
export function unreadSyntaxSentence(uid: string): string {
  const name = UNREAD[uid];
  const which = name === undefined ? uid : `${name}, ${uid}`;
  return `Unsupported transfer syntax (${which}): store it uncompressed, for instance with gdcmconv --raw or dcmdjpls.`;
}
