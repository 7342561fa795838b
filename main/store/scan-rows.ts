import * as v from 'valibot';
import { VIEWS } from '#src/imaging/view';
import type { MaskSummary, Patient, Scan } from '#src/registry/records';
import type { Row } from './database';

const json = <T>(schema: v.GenericSchema<unknown, T>) =>
  v.pipe(
    v.string(),
    v.transform((text): unknown => JSON.parse(text)),
    schema,
  );

const geometry = v.object({
  dims: v.tuple([v.number(), v.number(), v.number()]),
  affine: v.array(v.number()),
  calibrated: v.boolean(),
});
const counts = v.record(v.string(), v.number());
const status = v.picklist(['to do', 'in progress', 'done', 'second look']);

const patientRow = v.object({
  id: v.number(),
  patient: v.string(),
  site: v.nullable(v.string()),
  condition: v.nullable(v.string()),
  studies: v.number(),
  scans: v.number(),
});

const maskRow = v.object({
  id: v.number(),
  scan_id: v.number(),
  reader: v.string(),
  status,
  voxels: json(counts),
  updated_at: v.string(),
});

const scanRow = v.object({
  id: v.number(),
  scan: v.string(),
  patient_id: v.number(),
  patient: v.string(),
  study_id: v.number(),
  series_id: v.number(),
  description: v.string(),
  modality: v.string(),
  phase: v.nullable(v.number()),
  view: v.picklist(VIEWS),
  geometry: json(geometry),
  sample_type: v.picklist(['int16', 'uint16', 'float32', 'uint8']),
  voxels: v.string(),
  window_low: v.number(),
  window_high: v.number(),
  invert_display: v.number(),
  warnings: json(v.array(v.string())),
  mask_id: v.nullable(v.number()),
  reader: v.nullable(v.string()),
  status: v.nullable(status),
  mask_voxels: v.nullable(json(counts)),
  updated_at: v.nullable(v.string()),
});

/** Patients with their numbers of studies and scans, merged ones as the patient that they were merged into. */
export const PATIENTS_SQL = `
  with own as (select id, coalesce(person_id, id) as person_id, site, condition from patients)
  select p.id, p.patient,
    coalesce(p.site, (select min(site) from own where person_id = p.id)) as site,
    coalesce(p.condition, (select min(condition) from own where person_id = p.id)) as condition,
    (select count(distinct lookup) from studies join own on own.id = patient_id where person_id = p.id) as studies,
    (select count(*) from scans join own on own.id = patient_id where person_id = p.id) as scans
  from patients p where p.person_id is null`;

/** Scans with their patient (the one that it was merged into) and their reference mask. */
export const SCANS_SQL = `
  select s.id, s.scan, p.id as patient_id, p.patient, s.study_id,
    (select min(o.id) from scans o where o.patient_id = s.patient_id and o.series_lookup = s.series_lookup) as series_id,
    s.description, s.modality, s.phase, s.view, s.geometry,
    s.sample_type, s.voxels, s.window_low, s.window_high, s.invert_display, s.warnings,
    m.id as mask_id, m.reader, m.status, m.voxels as mask_voxels, m.updated_at
  from scans s
  join patients own on own.id = s.patient_id
  join patients p on p.id = coalesce(own.person_id, own.id)
  left join masks m on m.scan_id = s.id and m.reader = 'reference'`;

export const patientOf = (row: Row): Patient => v.parse(patientRow, row);

export function maskOf(row: Row): MaskSummary {
  const mask = v.parse(maskRow, row);
  return {
    id: mask.id,
    scanId: mask.scan_id,
    reader: mask.reader,
    status: mask.status,
    voxels: mask.voxels,
    updatedAt: mask.updated_at,
  };
}

export function scanOf(row: Row): Scan {
  const scan = v.parse(scanRow, row);
  return {
    id: scan.id,
    scan: scan.scan,
    patientId: scan.patient_id,
    patient: scan.patient,
    studyId: scan.study_id,
    seriesId: scan.series_id,
    seriesDescription: scan.description,
    modality: scan.modality,
    phase: scan.phase,
    view: scan.view,
    geometry: scan.geometry,
    sampleType: scan.sample_type,
    voxels: scan.voxels,
    window: [scan.window_low, scan.window_high],
    invertDisplay: scan.invert_display === 1,
    warnings: scan.warnings,
    mask:
      scan.mask_id === null || scan.reader === null || scan.status === null || scan.updated_at === null
        ? null
        : {
            id: scan.mask_id,
            scanId: scan.id,
            reader: scan.reader,
            status: scan.status,
            voxels: scan.mask_voxels ?? {},
            updatedAt: scan.updated_at,
          },
  };
}
