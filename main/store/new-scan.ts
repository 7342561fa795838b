import type { Geometry } from '#src/imaging/geometry';
import type { View } from '#src/imaging/view';
import type { SampleType } from '#src/imaging/volume';

/** What an import hands to the registry for one scan. Identities are sealed before they reach the disk. */
export interface NewScan {
  /** The hospital's PatientID, or the patient's name in the folder structure. */
  readonly patientKey: string;
  readonly identity: { readonly name?: string; readonly birthDate?: string; readonly sex?: string };
  readonly study: { readonly uid: string; readonly date?: string; readonly description?: string };
  readonly series: {
    readonly uid: string;
    readonly number?: number;
    readonly description: string;
    readonly modality: string;
  };
  /** SOP instance UIDs of its images: DICOM masks name them. Kept as lookups only. */
  readonly instances?: readonly string[];
  /** FrameOfReferenceUID; '' or absent where there is none. Kept as a lookup only. */
  readonly frameOfReferenceUid?: string;
  /** Its fingerprint (src/imaging/fingerprint), to find copies of it; computed later where it is null. */
  readonly fingerprint?: Uint8Array | null;
  readonly phase: number | null;
  readonly view: View;
  readonly geometry: Geometry;
  readonly sampleType: SampleType;
  /** SHA-256 of the voxel file, which is on disk already. */
  readonly voxels: string;
  readonly window: readonly [number, number];
  readonly invertDisplay: boolean;
  readonly warnings: readonly string[];
  readonly site: string | null;
  readonly condition: string | null;
  /** Path relative to what was imported: masks find their scan by it. Sealed, because folders carry names. */
  readonly sourcePath?: string;
}
