import { viewOf } from '#src/imaging/geometry';
import { sampleTypeOf, type Volume } from '#src/imaging/volume';
import type { ReadVolume } from '#main/dicom/read-planned';
import type { NewScan } from '#main/store/new-scan';
import type { NamedImage } from './import-patients';

/** What the registry is told about a DICOM volume. */
export function scanOfDicom({ planned, read }: ReadVolume, voxels: string, site: string | null): NewScan {
  const { header } = planned;
  const { name, birthDate, sex } = header.patient;
  const root = planned.plan.slices.find((slice) => slice !== null)?.source.root ?? '';
  return {
    patientKey: planned.patientKey,
    identity: { ...present('name', name), ...present('birthDate', birthDate), ...present('sex', sex) },
    study: {
      uid: header.study.uid || header.series.uid || planned.sourcePath,
      ...present('date', header.study.date),
      ...present('description', header.study.description),
    },
    series: {
      uid: header.series.uid || planned.sourcePath,
      ...(header.series.number === null ? {} : { number: header.series.number }),
      description: planned.description,
      modality: header.series.modality,
    },
    instances: planned.plan.slices.flatMap((slice) => slice?.header.sopInstanceUid || []),
    phase: planned.phase,
    ...imageFacts(read.volume, voxels),
    window: read.window,
    invertDisplay: read.invertDisplay,
    warnings: planned.warnings,
    site,
    condition: null,
    sourcePath: `${root}/${planned.sourcePath}`,
  };
}

/** What the registry is told about one volume of a NIfTI image. */
export function scanOfNifti(
  image: NamedImage,
  volume: Volume,
  rest: Pick<NewScan, 'voxels' | 'window' | 'warnings' | 'site' | 'phase'>,
): NewScan {
  return {
    patientKey: image.patientKey,
    identity: {},
    study: { uid: JSON.stringify(['nifti', image.patientKey]) },
    series: { uid: image.seriesUid, description: image.description, modality: '' },
    ...imageFacts(volume, rest.voxels),
    ...rest,
    invertDisplay: false,
    condition: null,
    sourcePath: `${image.source.root}/${image.source.path}`,
  };
}

function imageFacts(volume: Volume, voxels: string) {
  return {
    view: viewOf(volume.geometry),
    geometry: volume.geometry,
    sampleType: sampleTypeOf(volume.samples),
    voxels,
  };
}

function present<K extends string>(key: K, value: string): { readonly [P in K]?: string } {
  return (value === '' ? {} : { [key]: value }) as { readonly [P in K]?: string };
}
