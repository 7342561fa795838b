import type { LeftOut } from '#src/contracts/documents/import';
import type { PatientOf } from '#main/dicom/plan-volumes';
import type { SourceFile } from '#main/dicom/source-file';
import { baseName, defaultPatient, namesFrom } from './import-naming';

/** A NIfTI image with what its path says about it. */
export interface NamedImage {
  readonly source: SourceFile;
  readonly patientKey: string;
  /** What the volumes of one examination share. */
  readonly seriesUid: string;
  readonly description: string;
  /** Rank of the named phase among those of its series; null when none is named. */
  readonly phase: number | null;
}

/** Whose DICOM files are: the person's rule, else PatientID, else the name, else the folder. */
export function dicomPatients(rule: RegExp | undefined): PatientOf {
  return ({ source, image }) => {
    const names = rule === undefined ? null : namesFrom(rule, source.path);
    if (names !== null) return { key: names.patient, isChosen: true };
    const { id, name } = image.context.patient;
    const folder = source.path.includes('/') ? defaultPatient(source.path) : source.root;
    return { key: id || name || folder, isChosen: false };
  };
}

const byName = new Intl.Collator('en', { numeric: true });

/**
 * Names NIfTI images by their paths. Images whose path the rule does not match are left out. Named phases (frame01,
 * frame12; ED, ES) are ranked by name within their patient and scan.
 */
export function nameImages(
  sources: readonly SourceFile[],
  rule: RegExp | undefined,
): { images: NamedImage[]; leftOut: LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const named: (Omit<NamedImage, 'phase'> & { phaseName: string | null })[] = [];
  for (const source of sources) {
    const names = rule === undefined ? null : namesFrom(rule, source.path);
    if (rule !== undefined && names === null) {
      leftOut.push({ path: source.path, reason: 'Its path does not match --patient-from.', image: true });
      continue;
    }
    const patientKey = names?.patient ?? defaultPatient(source.path);
    const { scan = null, phase = null } = names ?? {};
    const series = scan ?? (phase === null ? source.path : '');
    named.push({
      source,
      patientKey,
      seriesUid: JSON.stringify(['nifti', patientKey, series]),
      description: describe(source, patientKey, scan, phase),
      phaseName: phase,
    });
  }
  const phases = new Map<string, string[]>();
  for (const { seriesUid, phaseName } of named)
    if (phaseName !== null) phases.set(seriesUid, [...(phases.get(seriesUid) ?? []), phaseName]);
  for (const names of phases.values()) names.sort(byName.compare);
  return {
    leftOut,
    images: named.map(({ phaseName, ...image }) => ({
      ...image,
      phase: phaseName === null ? null : [...new Set(phases.get(image.seriesUid))].indexOf(phaseName),
    })),
  };
}

/** A name for the image that does not say whose it is. */
function describe(source: SourceFile, patientKey: string, scan: string | null, phase: string | null): string {
  const parts = [scan, phase].filter((part) => part !== null && part !== '' && !part.includes(patientKey));
  if (parts.length > 0) return parts.join(' ');
  const base = baseName(source.path);
  const isSafe = scan === null && phase === null && !base.toLowerCase().includes(patientKey.toLowerCase());
  return isSafe ? base : 'NIfTI image';
}
