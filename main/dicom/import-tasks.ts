import { createHash } from 'node:crypto';
import { HeldoutError } from '#src/contracts/failure';
import { portraitOf } from '#src/imaging/copies/portrait';
import { fingerprintOf } from '#src/imaging/fingerprint';
import { robustWindow } from '#src/imaging/display-window';
import { isGzip } from '#main/nifti/nifti-bytes';
import { parseNifti } from '#main/nifti/parse-nifti';
import type { NiftiImage } from '#main/nifti/read-nifti';
import { unpackNifti } from '#main/nifti/unpack-nifti';
import { VoxelStore, type StagedVoxels } from '#main/store/voxel-store';
import { sampleTypeOf, type SampleType } from '#src/imaging/volume';
import type { Geometry } from '#src/imaging/geometry';
import { assembleVolume, type AssemblyOutcome, type VolumePlan } from './assemble-volume';
import type { SourceSlice } from './source-slice';
import { asImage } from '#main/nifti/as-image';
import { placeMaskObject, type MaskObjectOnGrid, type PlacedMask } from './place-mask-object';
import { FrameReader } from './pixel-data';
import { examineFile, type Examined } from './read-header';
import { arraysOf } from './mask-object';
import { readMaskObject, type MaskObjectReading } from './read-mask-object';
import { explainReadError, readSource, type SourceFile } from './source-file';

/** A NIfTI file read whole, or why it could not be. */
export type NiftiReading =
  | {
      readonly image: NiftiImage;
      readonly windows: readonly (readonly [number, number])[];
      /** What each volume looks like (src/imaging/fingerprint). */
      readonly fingerprints: readonly Uint8Array[];
      readonly sha256: string;
    }
  | { readonly image: null; readonly reason: string };

/** What is known of a volume whose voxels are in the project. */
export interface StoredVolume {
  /** The voxel file, to be settled before it is registered; null when nothing was to be written. */
  readonly staged: StagedVoxels | null;
  readonly geometry: Geometry;
  readonly sampleType: SampleType;
  readonly window: readonly [number, number];
  readonly invertDisplay: boolean;
  /** What it looks like (src/imaging/fingerprint); null when nothing was to be written. */
  readonly fingerprint: Uint8Array | null;
}

/** The work that may be given to a worker: plain data in, plain data out. */
export interface ImportTasks {
  /** What each file is. */
  readonly examine: { readonly input: readonly SourceFile[]; readonly output: Examined[] };
  /** The voxels of one DICOM volume. */
  readonly assemble: { readonly input: VolumePlan; readonly output: AssemblyOutcome };
  /** The voxels of one DICOM volume, written where they were read, so that they never cross threads. */
  readonly store: {
    readonly input: { readonly plan: VolumePlan; readonly voxelFolder: string | null };
    readonly output: AssemblyOutcome<StoredVolume>;
  };
  readonly nifti: { readonly input: SourceFile; readonly output: NiftiReading };
  /** A DICOM segmentation or structure set. */
  readonly 'mask object': { readonly input: SourceFile; readonly output: MaskObjectReading };
  /** A mask object on the grid of a scan; null when it does not fit. */
  readonly 'place mask': { readonly input: MaskObjectOnGrid; readonly output: PlacedMask | null };
  /**
   * What a stored volume looks like (src/imaging/copies); null when its voxel file is missing or damaged. `bytes` is about
   * the size of that.
   */
  readonly portrait: {
    readonly input: { readonly voxelFolder: string; readonly sha256: string; readonly bytes: number };
    readonly output: Uint8Array | null;
  };
  /** SHA-256 of each image's stored pixels, null where they cannot be read. */
  readonly fingerprint: { readonly input: readonly SourceSlice[]; readonly output: (string | null)[] };
}

export type TaskKind = keyof ImportTasks;

/** @param onFile told the index of each file before it is touched: a crash or hang is then the fault of that file */
type Work<K extends TaskKind> = (
  input: ImportTasks[K]['input'],
  onFile: (index: number) => void,
) => Promise<ImportTasks[K]['output']>;

const WORK: { readonly [K in TaskKind]: Work<K> } = {
  examine: (sources, onFile) =>
    Promise.resolve(
      sources.map((source, index) => {
        onFile(index);
        return examineFile(source);
      }),
    ),
  assemble: (plan, onFile) => assembleVolume(plan, onFile),
  store: async ({ plan, voxelFolder }, onFile) => {
    const { read, failed } = await assembleVolume(plan, onFile, scratchOf);
    if (read === null) return { read, failed };
    const { volume, window, invertDisplay } = read;
    const staged = voxelFolder === null ? null : new VoxelStore(voxelFolder).stage(volume);
    const { samples, geometry } = volume;
    const fingerprint = voxelFolder === null ? null : fingerprintOf(volume);
    return {
      read: { staged, geometry, sampleType: sampleTypeOf(samples), window, invertDisplay, fingerprint },
      failed,
    };
  },
  nifti: (source, onFile) => {
    onFile(0);
    return Promise.resolve(readNiftiSource(source));
  },
  'mask object': (source, onFile) => {
    onFile(0);
    return readMaskObject(source);
  },
  'place mask': (mask, onFile) => {
    onFile(0);
    return Promise.resolve(placeMaskObject(mask));
  },
  portrait: ({ voxelFolder, sha256 }, onFile) => {
    onFile(0);
    return new VoxelStore(voxelFolder).get(sha256).then(portraitOf, (error: unknown) => {
      if (error instanceof HeldoutError) return null;
      throw error;
    });
  },
  fingerprint: async (slices, onFile) => {
    const prints: (string | null)[] = [];
    const reader = new FrameReader();
    for (const [index, slice] of slices.entries()) {
      onFile(index);
      prints.push(
        await reader.read(slice).then(
          (pixels) => createHash('sha256').update(pixels).digest('hex'),
          () => null,
        ),
      );
    }
    return prints;
  },
};

/** Larger volumes get memory of their own, so that one of them does not stay for ever. */
const MOST_SCRATCH = 64 * 2 ** 20;
let scratch = new ArrayBuffer(0);

/**
 * Memory for the samples of a volume that is written and forgotten, the same one for the next: fresh memory for each of
 * thousands costs more than reading their files. Tasks of a thread follow each other, so only one has it.
 */
function scratchOf(bytes: number): ArrayBuffer {
  if (bytes > MOST_SCRATCH) return new ArrayBuffer(bytes);
  if (bytes > scratch.byteLength) scratch = new ArrayBuffer(bytes);
  return scratch;
}

/** Does one task in this thread. */
export function doTask<K extends TaskKind>(
  kind: K,
  input: ImportTasks[K]['input'],
  onFile: (index: number) => void,
): Promise<ImportTasks[K]['output']> {
  return WORK[kind](input, onFile);
}

/** The buffers of a result that may be handed over instead of copied. */
export function buffersOf(output: ImportTasks[TaskKind]['output']): ArrayBuffer[] {
  if (output === null) return [];
  if ('values' in output && output.values instanceof Uint8Array) return ownBuffers([output.values]);
  if ('object' in output && output.object !== null) return ownBuffers(arraysOf(output.object));
  const volumes =
    'read' in output && output.read !== null && 'volume' in output.read
      ? [output.read.volume]
      : 'image' in output && output.image !== null
        ? output.image.volumes
        : [];
  return ownBuffers(volumes.map(({ samples }) => samples));
}

const ownBuffers = (arrays: readonly ArrayBufferView[]) =>
  [...new Set(arrays.map(({ buffer }) => buffer))].filter((buffer) => buffer instanceof ArrayBuffer);

function readNiftiSource(source: SourceFile): NiftiReading {
  const name = source.path.split('/').at(-1) ?? source.path;
  try {
    const bytes = readSource(source);
    const image = parseNifti(isGzip(bytes) ? unpackNifti(bytes, name) : bytes, name);
    return {
      image,
      windows: image.volumes.map(({ samples }) => robustWindow(samples)),
      fingerprints: image.volumes.map((volume) => fingerprintOf(asImage(volume).volume)),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  } catch (error) {
    const explained = explainReadError(error);
    return {
      image: null,
      reason:
        explained instanceof HeldoutError
          ? explained.failure.sentence
          : `${name} is damaged and cannot be read.`,
    };
  }
}
