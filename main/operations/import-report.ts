import type { ImportDocument, LeftOut } from '#src/contracts/documents/import';
import type { Scan } from '#src/registry/records';
import type { NewScan } from '#main/store/new-scan';
import { byPath } from './left-out';

/** What an import has found so far; becomes the report. */
export class ImportReport {
  readonly leftOut: LeftOut[] = [];
  readonly warnings: string[] = [];
  readonly questions: ImportDocument['questions'] = [];
  readonly #volumes: ImportDocument['volumes'] = [];
  readonly #patients = new Set<string>();
  readonly #studies = new Set<string>();
  readonly #started = performance.now();
  masks = 0;
  alreadyPresent = 0;
  files = 0;

  addScan(scan: Scan): void {
    this.#add(scan.patient, `${scan.studyId}`, {
      patient: scan.patient,
      scan: scan.scan,
      description: scan.seriesDescription,
      phase: scan.phase,
      shape: [...scan.geometry.dims],
      warnings: [...scan.warnings],
    });
  }

  /** A scan that a dry run would add. Patients that the project does not know yet are numbered. */
  addWouldBe(scan: NewScan, patient: string, name: string): void {
    this.#add(patient, `${patient} ${scan.study.uid}`, {
      patient,
      scan: name,
      description: scan.series.description,
      phase: scan.phase,
      shape: [...scan.geometry.dims],
      warnings: [...scan.warnings],
    });
  }

  #add(patient: string, study: string, volume: ImportDocument['volumes'][number]): void {
    this.#patients.add(patient);
    this.#studies.add(study);
    this.#volumes.push(volume);
  }

  document(): ImportDocument {
    return {
      schema: 'heldout.import/1',
      patients: this.#patients.size,
      studies: this.#studies.size,
      scans: this.#volumes.length,
      masks: this.masks,
      files: this.files,
      alreadyPresent: this.alreadyPresent,
      seconds: (performance.now() - this.#started) / 1000,
      volumes: this.#volumes,
      warnings: this.warnings,
      // As the report's table shows it first: sorting what is in order already costs the waiting window next to nothing.
      leftOut: this.leftOut.toSorted(byPath),
      questions: this.questions,
    };
  }
}
