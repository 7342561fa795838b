import * as v from 'valibot';
import type { ImportEntry } from '#src/contracts/channels';
import { importDocument, type ImportDocument } from '#src/contracts/documents/import';
import { HeldoutError } from '#src/contracts/failure';
import type { LedgerLook } from '#src/experiments/looks';
import type {
  MaskStatus,
  MaskSummary,
  Patient,
  ProjectSummary,
  RunRecord,
  Scan,
} from '#src/registry/records';
import { withPersons } from '#src/splits/same-person';
import type { Split } from '#src/splits/split';
import type { Database, Row } from './database';
import type { NewScan } from './new-scan';
import { Persons } from './persons';
import { lookRecord, runRecord, splitRecord } from './registry-documents';
import { maskOf, PATIENTS_SQL, patientOf, scanOf, SCANS_SQL } from './scan-rows';
import type { Seal } from './seal';

export type { NewScan } from './new-scan';

const bytes = (value: unknown) => new Uint8Array(value as ArrayBuffer);
const now = () => new Date().toISOString();

/**
 * What the project knows: patients, studies, scans, masks, splits, runs, looks at the locked set. Synchronous; each
 * method is one transaction. Identities go in through {@link addScans} and lie sealed.
 */
export class Registry {
  /** Which patients are one person. */
  readonly persons: Persons;

  constructor(
    readonly database: Database,
    readonly seal: Seal,
    /** Whether patients go by their own ids (`plain`) or by P0001, P0002, … (`sealed`). */
    readonly identities: 'sealed' | 'plain',
  ) {
    this.persons = new Persons(database, seal);
  }

  /**
   * Adds scans with their patients and studies, all or none. A scan with the same patient, voxels and phase is there
   * already and is returned as such.
   *
   * @param files keys of the files that they came from, remembered as {@link addFiles} does
   */
  addScans(
    scans: readonly NewScan[],
    files: readonly string[] = [],
  ): { added: Scan[]; alreadyPresent: Scan[] } {
    return this.database.transaction(() => {
      const added: Scan[] = [];
      const alreadyPresent: Scan[] = [];
      for (const scan of scans) {
        const patientId = this.#patientFor(scan);
        const present = this.database.get(
          'select id from scans where patient_id = ? and voxels = ? and phase is ?',
          [patientId, scan.voxels, scan.phase],
        );
        const id = present === undefined ? this.#insertScan(patientId, scan) : Number(present['id']);
        this.persons.noteScan(id, scan);
        this.#addInstances(id, scan.instances ?? []);
        (present === undefined ? added : alreadyPresent).push(this.scan(id));
      }
      this.#insertFiles(files);
      return { added, alreadyPresent };
    });
  }

  #addInstances(scanId: number, uids: readonly string[]): void {
    for (const uid of uids)
      this.database.run('insert or ignore into instances (lookup, scan_id) values (?, ?)', [
        this.seal.lookup('instance', uid),
        scanId,
      ]);
  }

  /** Names of the scans that an image (SOP instance UID) belongs to; none of those imported before version 2. */
  scansWithInstance(uid: string): string[] {
    return this.database
      .all(
        'select s.scan from instances i join scans s on s.id = i.scan_id where i.lookup = ? order by s.id',
        [this.seal.lookup('instance', uid)],
      )
      .map((row) => String(row['scan']));
  }

  /** Names of the scans of a series (series instance UID). */
  scansOfSeries(uid: string): string[] {
    return this.database
      .all('select scan from scans where series_lookup = ? order by id', [this.seal.lookup('series', uid)])
      .map((row) => String(row['scan']));
  }

  #patientFor(scan: NewScan): number {
    const lookup = this.seal.lookup('patient', scan.patientKey);
    const known = this.database.get('select id from patients where lookup = ?', [lookup]);
    if (known !== undefined) {
      this.persons.notePatient(Number(known['id']), scan.identity);
      return Number(known['id']);
    }
    const number = Number(
      this.database.get('select coalesce(max(id), 0) + 1 as next from patients', [])?.['next'],
    );
    const sealed = this.seal.close({ patientId: scan.patientKey, ...scan.identity });
    const code = this.identities === 'plain' ? scan.patientKey : `P${String(number).padStart(4, '0')}`;
    const id = this.database.run(
      'insert into patients (id, patient, lookup, sealed, site, condition) values (?, ?, ?, ?, ?, ?)',
      [number, code, lookup, sealed, scan.site, scan.condition],
    );
    this.persons.notePatient(id, scan.identity);
    return id;
  }

  /**
   * The id of the patient with this PatientID (or name from a path), or of the one that it was merged into; null when
   * the project has none.
   */
  patientWithKey(patientKey: string): number | null {
    const lookup = this.seal.lookup('patient', patientKey);
    const row = this.database.get('select coalesce(person_id, id) as id from patients where lookup = ?', [
      lookup,
    ]);
    return row === undefined ? null : Number(row['id']);
  }

  /** How the project calls the patient with this PatientID, or null when the project does not have the patient. */
  patientCalled(patientKey: string): string | null {
    const lookup = this.seal.lookup('patient', patientKey);
    const row = this.database.get(
      `select person.patient from patients own join patients person on person.id = coalesce(own.person_id, own.id)
       where own.lookup = ?`,
      [lookup],
    );
    return row === undefined ? null : String(row['patient']);
  }

  #studyFor(patientId: number, scan: NewScan): number {
    const lookup = this.seal.lookup('study', scan.study.uid);
    const known = this.database.get('select id from studies where patient_id = ? and lookup = ?', [
      patientId,
      lookup,
    ]);
    if (known !== undefined) return Number(known['id']);
    return this.database.run('insert into studies (patient_id, lookup, sealed) values (?, ?, ?)', [
      patientId,
      lookup,
      this.seal.close(scan.study),
    ]);
  }

  #insertScan(patientId: number, scan: NewScan): number {
    const studyId = this.#studyFor(patientId, scan);
    const { patient, count } = this.database.get(
      'select patient, (select count(*) from scans where patient_id = patients.id) as count from patients where id = ?',
      [patientId],
    ) as { patient: string; count: number };
    return this.database.run(
      `insert into scans (scan, patient_id, study_id, series_lookup, sealed, description, modality, phase, view, geometry,
        sample_type, voxels, window_low, window_high, invert_display, warnings)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        `${patient}.${count + 1}`,
        patientId,
        studyId,
        this.seal.lookup('series', scan.series.uid),
        this.seal.close({
          seriesUID: scan.series.uid,
          number: scan.series.number,
          sourcePath: scan.sourcePath,
        }),
        scan.series.description,
        scan.series.modality,
        scan.phase,
        scan.view,
        JSON.stringify(scan.geometry),
        scan.sampleType,
        scan.voxels,
        scan.window[0],
        scan.window[1],
        scan.invertDisplay ? 1 : 0,
        JSON.stringify(scan.warnings),
      ],
    );
  }

  patients(): Patient[] {
    return this.database.all(`${PATIENTS_SQL} order by p.id`, []).map(patientOf);
  }

  scans(): Scan[] {
    return this.database.all(`${SCANS_SQL} order by p.id, s.id`, []).map(scanOf);
  }

  /** @throws HeldoutError `not-found` */
  scan(id: number): Scan {
    return scanOf(
      found(this.database.get(`${SCANS_SQL} where s.id = ?`, [id]), `There is no scan with the id ${id}.`),
    );
  }

  /** @throws HeldoutError `not-found` */
  scanNamed(scan: string): Scan {
    return scanOf(
      found(this.database.get(`${SCANS_SQL} where s.scan = ?`, [scan]), `There is no scan called ${scan}.`),
    );
  }

  /** The path that the scan was imported from, relative to what was imported; null when it is not known. */
  sourcePathOf(scanId: number): string | null {
    const row = found(
      this.database.get('select sealed from scans where id = ?', [scanId]),
      `There is no scan with the id ${scanId}.`,
    );
    return (this.seal.open(bytes(row['sealed'])) as { sourcePath?: string }).sourcePath ?? null;
  }

  /** Whether a source file was taken in before. */
  knownFile(key: string): boolean {
    return (
      this.database.get('select 1 as known from files where key = ?', [this.seal.lookup('file', key)]) !==
      undefined
    );
  }

  /** Remembers source files, so that importing them again adds nothing and is quick. */
  addFiles(keys: readonly string[]): void {
    this.database.transaction(() => {
      this.#insertFiles(keys);
    });
  }

  #insertFiles(keys: readonly string[]): void {
    for (const key of keys)
      this.database.run('insert or ignore into files (key) values (?)', [this.seal.lookup('file', key)]);
  }

  /** Keeps an import's report and returns its id. Sealed, because folders carry names. */
  saveImport(document: ImportDocument): number {
    return this.database.run('insert into imports (at, sealed) values (?, ?)', [
      now(),
      this.seal.close(document),
    ]);
  }

  lastImport(): ImportDocument | null {
    const [last] = this.imports();
    return last === undefined ? null : this.importReport(last.importId);
  }

  /** Imports into this project, the newest first; `at` is ISO 8601. */
  imports(): ImportEntry[] {
    return this.database
      .all('select id, at from imports order by id desc', [])
      .map((row) => ({ importId: Number(row['id']), at: String(row['at']) }));
  }

  /** @throws HeldoutError `not-found` */
  importReport(importId: number): ImportDocument {
    const row = this.database.get('select sealed from imports where id = ?', [importId]);
    return v.parse(
      importDocument,
      this.seal.open(bytes(found(row, 'This import is not in the project.')['sealed'])),
    );
  }

  mask(scanId: number, reader: string): MaskSummary | null {
    const row = this.database.get('select * from masks where scan_id = ? and reader = ?', [scanId, reader]);
    return row === undefined ? null : maskOf(row);
  }

  /** @throws HeldoutError `not-found` */
  maskById(id: number): MaskSummary {
    return maskOf(
      found(
        this.database.get('select * from masks where id = ?', [id]),
        `There is no mask with the id ${id}.`,
      ),
    );
  }

  masks(): MaskSummary[] {
    return this.database.all('select * from masks order by id', []).map(maskOf);
  }

  nextMaskId(): number {
    return Number(this.database.get('select coalesce(max(id), 0) + 1 as next from masks', [])?.['next']);
  }

  /** Registers a mask whose file is on disk already, or its new content. */
  putMask(mask: Omit<MaskSummary, 'updatedAt'>): MaskSummary {
    this.database.run(
      `insert into masks (id, scan_id, reader, status, voxels, updated_at) values (?, ?, ?, ?, ?, ?)
       on conflict (id) do update set status = excluded.status, voxels = excluded.voxels, updated_at = excluded.updated_at`,
      [mask.id, mask.scanId, mask.reader, mask.status, JSON.stringify(mask.voxels), now()],
    );
    return this.maskById(mask.id);
  }

  /** Notes that somebody painted: what was to do is in progress. */
  touchMask(id: number): void {
    this.database.run(
      "update masks set status = 'in progress', updated_at = ? where id = ? and status = 'to do'",
      [now(), id],
    );
  }

  setMaskVoxels(id: number, voxels: Readonly<Record<string, number>>): void {
    const text = JSON.stringify(voxels);
    this.database.run('update masks set voxels = ?, updated_at = ? where id = ? and voxels <> ?', [
      text,
      now(),
      id,
      text,
    ]);
  }

  /** @throws HeldoutError `not-found` */
  setMaskStatus(id: number, status: MaskStatus): void {
    this.maskById(id);
    this.database.run('update masks set status = ?, updated_at = ? where id = ?', [status, now(), id]);
  }

  /** Stores a split. @throws HeldoutError `conflict` when the name is taken: a split never changes */
  addSplit(split: Split): void {
    if (this.database.get('select 1 as known from splits where name = ?', [split.name]) !== undefined)
      throw new HeldoutError(
        'conflict',
        `There is a split called "${split.name}" already, and a split never changes: choose another name.`,
      );
    this.database.run('insert into splits (name, created_at, document) values (?, ?, ?)', [
      split.name,
      split.createdAt,
      JSON.stringify(split),
    ]);
  }

  /** Every split, each with the patients that its scans have today (see {@link split}). */
  splits(): Split[] {
    const personOf = this.persons.personNames();
    return this.database
      .all('select document from splits order by created_at, name', [])
      .map((row) => withPersons(splitRecord(row['document']), personOf));
  }

  /**
   * A split with the patients that its scans have today: where two patients were merged since, its items name the one
   * that was kept. {@link splitAsMade} names them as they were called when it was made.
   * @throws HeldoutError `not-found`
   */
  split(name: string): Split {
    return withPersons(this.splitAsMade(name), this.persons.personNames());
  }

  /** The stored document, which never changes. @throws HeldoutError `not-found` */
  splitAsMade(name: string): Split {
    const row = this.database.get('select document from splits where name = ?', [name]);
    return splitRecord(
      found(row, `There is no split called "${name}". See: heldout list splits.`)['document'],
    );
  }

  addRun(run: RunRecord): void {
    this.database.run('insert into runs (id, created_at, record) values (?, ?, ?)', [
      run.id,
      run.createdAt,
      JSON.stringify(run),
    ]);
  }

  /** Adds the runs of predictions made elsewhere, with their split where it is new: all or nothing. */
  addImported(split: Split | null, runs: readonly RunRecord[]): void {
    this.database.transaction(() => {
      if (split !== null) this.addSplit(split);
      for (const run of runs) this.addRun(run);
    });
  }

  /** @throws HeldoutError `not-found` */
  updateRun(id: string, patch: Partial<Omit<RunRecord, 'id'>>): RunRecord {
    const run = { ...this.run(id), ...patch };
    this.database.run('update runs set record = ? where id = ?', [JSON.stringify(run), id]);
    return run;
  }

  runs(): RunRecord[] {
    return this.database
      .all('select record from runs order by created_at, id', [])
      .map((row) => runRecord(row['record']));
  }

  /** @throws HeldoutError `not-found` */
  run(id: string): RunRecord {
    const row = this.database.get('select record from runs where id = ?', [id]);
    return runRecord(found(row, `There is no run called ${id}. See: heldout list runs.`)['record']);
  }

  /** Records a look at the locked set; looks are never removed. */
  addLook({ run, reason, who, locked, model }: Omit<LedgerLook, 'at'>): void {
    this.database.run('insert into looks (at, run, reason, who, locked, model) values (?, ?, ?, ?, ?, ?)', [
      ...[now(), run, reason, who],
      ...[JSON.stringify(locked), model],
    ]);
  }

  /** The ledger of looks at locked sets, oldest first. Looks of before version 4 name neither patients nor models. */
  looks(): LedgerLook[] {
    return this.database.all('select * from looks order by id', []).map(lookRecord);
  }

  /** Numbers of everything, for the project's summary. */
  counts(): Pick<ProjectSummary, 'patients' | 'studies' | 'scans' | 'masks' | 'splits' | 'runs'> {
    const count = (table: string) =>
      Number(this.database.get(`select count(*) as n from ${table}`, [])?.['n']);
    return {
      patients: count('patients where person_id is null'),
      studies: count(
        '(select distinct coalesce(person_id, p.id), s.lookup from studies s join patients p on p.id = s.patient_id)',
      ),
      scans: count('scans'),
      masks: count('masks'),
      splits: count('splits'),
      runs: count('runs'),
    };
  }
}

function found(row: Row | undefined, sentence: string): Row {
  if (row === undefined) throw new HeldoutError('not-found', sentence);
  return row;
}
