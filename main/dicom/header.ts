import type { StoredFormat } from '#src/imaging/stored-values';
import type { FrameFacts } from './frame-facts';

/**
 * What the files of a series share. Plain data: it crosses from the workers, and all files of an import that say the
 * same have the same object.
 */
export interface DicomContext {
  readonly patient: {
    readonly id: string;
    readonly name: string;
    readonly birthDate: string;
    readonly sex: string;
  };
  readonly study: { readonly uid: string; readonly date: string; readonly description: string };
  readonly series: {
    readonly uid: string;
    readonly number: number | null;
    readonly description: string;
    readonly protocol: string;
    readonly modality: string;
    readonly bodyPart: string;
  };
  readonly pixels: PixelFormat;
}

/** How the frames of a file are stored. */
export interface PixelFormat extends StoredFormat {
  /** Rows and columns of a stored frame; a mosaic's slices are smaller. */
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly transferSyntax: string;
  /** MONOCHROME1: small values are bright. */
  readonly inverted: boolean;
}

/** One image file, as far as an import needs it. */
export interface DicomImage {
  readonly context: DicomContext;
  readonly sopInstanceUid: string;
  /** '' where there is none. Some programs that remove identities give every file of a series another one. */
  readonly frameOfReferenceUid: string;
  /** Byte offset of the pixel data's value in the file (after inflating, when the syntax is deflated). */
  readonly pixelOffset: number;
  /** Extended Offset Table (7fe0,0001) of compressed frames; null when the file has none. */
  readonly extendedOffsets: Uint8Array | null;
  /** What a person should know about the values, in sentences. */
  readonly notes: readonly string[];
}

/** What a file turned out to be. */
export type FileFinding =
  | { readonly kind: 'dicom'; readonly image: DicomImage; readonly frames: readonly FrameFacts[] }
  | { readonly kind: 'nifti' }
  /** Masks and contours, which are read once their scan is known. */
  | { readonly kind: 'segmentation' | 'structure set' }
  /** Anything that is left out; `image` is false for what is no image at all. */
  | { readonly kind: 'left out'; readonly reason: string; readonly image: boolean };
