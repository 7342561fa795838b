import { basename } from 'node:path';
import { viewOf } from '#src/imaging/view';
import { sampleTypeOf, type Volume } from '#src/imaging/volume';
import type { StoredVolume } from '#main/dicom/import-tasks';
import type { ReadVolume } from '#main/dicom/read-planned';
import type { NewScan } from '#main/store/new-scan';
import type { NamedImage } from './import-patients';

/** What the registry is told about a DICOM volume. */
export function scanOfDicom({ planned, read }: ReadVolume<StoredVolume>, site: string | null): NewScan {
  const { patient, study, series } = planned.image.context;
  const { name, birthDate, sex } = patient;
  const root = planned.plan.slices.find((slice) => slice !== null)?.source.root ?? '';
  return {
    patientKey: planned.patientKey,
    identity: { ...present('name', name), ...present('birthDate', birthDate), ...present('sex', sex) },
    study: {
      uid: study.uid || series.uid || planned.sourcePath,
      ...present('date', study.date),
      ...present('description', study.description),
    },
    series: {
      uid: series.uid || planned.sourcePath,
      ...(series.number === null ? {} : { number: series.number }),
      description: planned.description,
      modality: series.modality,
    },
    instances: planned.plan.slices.flatMap((slice) => slice?.image.sopInstanceUid || []),
    frameOfReferenceUid: planned.image.frameOfReferenceUid,
    fingerprint: read.fingerprint,
    phase: planned.phase,
    view: viewOf(read.geometry, {
      texts: [planned.description, series.protocol],
      modality: series.modality,
      bodyPart: series.bodyPart,
      gated:
        planned.phase !== null || planned.plan.slices.some((slice) => (slice?.triggerTime ?? null) !== null),
    }),
    geometry: read.geometry,
    sampleType: read.sampleType,
    voxels: read.staged?.sha256 ?? '',
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
  rest: Pick<NewScan, 'voxels' | 'window' | 'warnings' | 'site' | 'phase' | 'fingerprint'>,
): NewScan {
  return {
    patientKey: image.patientKey,
    identity: {},
    study: { uid: JSON.stringify(['nifti', image.patientKey]) },
    series: { uid: image.seriesUid, description: image.description, modality: '' },
    view: viewOf(volume.geometry, {
      texts: [image.description, basename(image.source.path)],
      modality: '',
      bodyPart: '',
      gated: rest.phase !== null,
    }),
    geometry: volume.geometry,
    sampleType: sampleTypeOf(volume.samples),
    ...rest,
    invertDisplay: false,
    condition: null,
    sourcePath: `${image.source.root}/${image.source.path}`,
  };
}

function present<K extends string>(key: K, value: string): { readonly [P in K]?: string } {
  return (value === '' ? {} : { [key]: value }) as { readonly [P in K]?: string };
}
