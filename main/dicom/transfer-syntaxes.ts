/**
 * How the pixels of each transfer syntax are read: `native` ones lie in the file as they are, the others name the codec
 * that decodes them. To read another syntax, add it here (and its codec in codecs.ts).
 */
export type PixelEncoding = 'native' | 'rle' | CodecEncoding;

/** What the WebAssembly codecs decode. HTJ2K is a part of JPEG 2000, and one decoder reads both. */
export type CodecEncoding = 'jpeg' | 'jpeg-ls' | 'jpeg2000';

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
  ['1.2.840.10008.1.2.4.80', { name: 'JPEG-LS lossless', pixels: 'jpeg-ls' }],
  ['1.2.840.10008.1.2.4.81', { name: 'JPEG-LS near-lossless', pixels: 'jpeg-ls' }],
  ['1.2.840.10008.1.2.4.90', { name: 'JPEG 2000 lossless', pixels: 'jpeg2000' }],
  ['1.2.840.10008.1.2.4.91', { name: 'JPEG 2000', pixels: 'jpeg2000' }],
  ['1.2.840.10008.1.2.4.201', { name: 'HTJ2K lossless', pixels: 'jpeg2000' }],
  ['1.2.840.10008.1.2.4.202', { name: 'HTJ2K lossless RPCL', pixels: 'jpeg2000' }],
  ['1.2.840.10008.1.2.4.203', { name: 'HTJ2K', pixels: 'jpeg2000' }],
]);

const STORE_UNCOMPRESSED = 'store it uncompressed, for instance with gdcmconv --raw or dcmdjpeg';
const EXPORT_IMAGES = 'export its pictures as single images from the program that made it';
const FETCH_PIXELS = 'its pixels are on a server: fetch the whole image from there';
const DECODE_ELSEWHERE = 'export it uncompressed from the archive or program that it comes from';

/** Syntaxes that are known but not read, for the report: a name and what the person can do. */
const UNREAD: readonly { uids: RegExp; name: string; remedy: string }[] = [
  { uids: /\.4\.10[01](\.1)?$/u, name: 'MPEG-2 video', remedy: EXPORT_IMAGES },
  { uids: /\.4\.10[2-6](\.1)?$/u, name: 'MPEG-4 video', remedy: EXPORT_IMAGES },
  { uids: /\.4\.10[78]$/u, name: 'HEVC video', remedy: EXPORT_IMAGES },
  { uids: /\.7\.[123]$/u, name: 'video stream', remedy: EXPORT_IMAGES },
  { uids: /\.4\.(94|95|204|205)$/u, name: 'JPIP', remedy: FETCH_PIXELS },
  { uids: /\.4\.11[0-2]$/u, name: 'JPEG XL', remedy: DECODE_ELSEWHERE },
  { uids: /\.4\.9[23]$/u, name: 'JPEG 2000 in several components', remedy: DECODE_ELSEWHERE },
  { uids: /\.4\.(5[2-689]|6[0-6])$/u, name: 'retired JPEG', remedy: STORE_UNCOMPRESSED },
  { uids: /\.1\.98$/u, name: 'encapsulated uncompressed', remedy: STORE_UNCOMPRESSED },
  { uids: /\.8\.1$/u, name: 'deflated frames', remedy: STORE_UNCOMPRESSED },
];

/** The sentence for a syntax that is not in {@link TRANSFER_SYNTAXES}. */
export function unreadSyntaxSentence(uid: string): string {
  const known = uid.startsWith(IMPLICIT_LITTLE_ENDIAN)
    ? UNREAD.find(({ uids }) => uids.test(uid))
    : undefined;
  const which = known === undefined ? uid : `${known.name}, ${uid}`;
  return `Unsupported transfer syntax (${which}): ${known?.remedy ?? STORE_UNCOMPRESSED}.`;
}
