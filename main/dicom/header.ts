import type { SliceFacts } from '#src/imaging/slice-facts';
import type { StoredFormat, Rescale } from '#src/imaging/stored-values';

/** What one DICOM file says, as far as an import needs it. Plain data: it crosses from the workers. */
export interface DicomHeader extends SliceFacts {
  readonly sopInstanceUid: string;
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
    readonly modality: string;
  };
  readonly pixels: PixelDescription;
}

/** How and where the pixels of a file are stored. */
export interface PixelDescription extends StoredFormat, Rescale {
  readonly transferSyntax: string;
  /** MONOCHROME1: small values are bright. */
  readonly inverted: boolean;
  readonly window: { readonly centre: number; readonly width: number } | null;
  /** Byte offset of the pixel data's value in the file (after inflating, when the syntax is deflated). */
  readonly offset: number;
}

/** What a file turned out to be. */
export type FileFinding =
  | { readonly kind: 'dicom'; readonly header: DicomHeader }
  | { readonly kind: 'nifti' }
  /** A mask in DICOM; what it holds is read when the images are there. */
  | { readonly kind: 'segmentation' }
  | { readonly kind: 'structure set' }
  /** Anything that is left out; `image` is false for what is no image at all. */
  | { readonly kind: 'left out'; readonly reason: string; readonly image: boolean };
