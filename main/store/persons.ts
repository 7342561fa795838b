import { HeldoutError } from '#src/contracts/failure';
import { PORTRAIT_HEAD_BYTES } from '#src/imaging/copies/portrait';
import { FINGERPRINT_BYTES } from '#src/imaging/fingerprint';
import type { Geometry } from '#src/imaging/geometry';
import type { Merge } from '#src/registry/records';
import { personKey, type AlikeScans, type PatientTraits } from '#src/registry/same-person';
import type { Database } from './database';
import type { NewScan } from './new-scan';
import type { Seal } from './seal';

/** A scan with what it looks like; null until that has been computed. */
export interface FingerprintedScan {
  readonly scanId: number;
  readonly scan: string;
  /** Id of the patient that it came with, which no merge changes. */
  readonly ownPatientId: number;
  readonly geometry: Geometry;
  /** The first bytes of its portrait (src/imaging/copies), or the fingerprint that an earlier version kept. */
  readonly fingerprint: Uint8Array | null;
  /** Whether it was compared with all others of which this is true. */
  readonly isCompared: boolean;
}

/** Scans of two patients (as they came) that look alike: the two nearest. Distance as in src/imaging/fingerprint. */
export interface AlikePair {
  readonly patientIds: readonly [number, number];
  readonly scanIds: readonly [number, number];
  readonly distance: number;
}

/** The patient that each row stands for. */
const PERSONS = `
  select own.id, own.patient as own, person.patient as person
  from patients own join patients person on person.id = coalesce(own.person_id, own.id)`;

const bytes = (value: unknown) => new Uint8Array(value as ArrayBuffer);

/**
 * The same person under two ids. A merge is a pointer from one patient to another: studies, scans and sealed identities
 * stay with the id that they came with, also those that are imported later, so that undoing it leaves nothing behind.
 * What is compared are lookups (HMACs); names are opened only here, to make those of older projects.
 */
export class Persons {
  constructor(
    private readonly database: Database,
    private readonly seal: Seal,
  ) {}

  /** Keeps the lookup of a patient's name and birth date once both are known. */
  notePatient(id: number, identity: NewScan['identity']): void {
    const key = personKey(identity.name ?? '', identity.birthDate ?? '');
    const lookup = key === null ? '' : this.seal.lookup('person', key);
    this.database.run(
      "update patients set person_lookup = ? where id = ? and (person_lookup is null or person_lookup = '')",
      [lookup, id],
    );
  }

  /** Keeps the frame of reference and the fingerprint of a scan where they are not known yet. */
  noteScan(id: number, { frameOfReferenceUid = '', fingerprint }: NewScan): void {
    this.database.run(
      'update scans set frame_lookup = coalesce(frame_lookup, ?), fingerprint = coalesce(fingerprint, ?) where id = ?',
      [
        frameOfReferenceUid === '' ? null : this.seal.lookup('frame', frameOfReferenceUid),
        fingerprint ?? null,
        id,
      ],
    );
  }

  /** Keeps portraits of scans, which are compared with all others again. One transaction: each of them waits for the disk. */
  keepPortraits(portraits: readonly { readonly scanId: number; readonly portrait: Uint8Array }[]): void {
    this.database.transaction(() => {
      for (const { scanId, portrait } of portraits)
        this.database.run('update scans set fingerprint = ?, compared = 0 where id = ?', [portrait, scanId]);
    });
  }

  /** The whole portrait of a scan; empty where it has none. */
  portrait(scanId: number): Uint8Array {
    const row = this.database.get('select fingerprint from scans where id = ?', [scanId]);
    return row === undefined || row['fingerprint'] === null ? new Uint8Array() : bytes(row['fingerprint']);
  }

  /** Every scan with what it looks like: the first `most` bytes of it, all but the relief by default. */
  fingerprints(most = PORTRAIT_HEAD_BYTES): FingerprintedScan[] {
    return this.database
      .all(
        `select id, scan, patient_id, geometry, substr(fingerprint, 1, ?) as fingerprint, compared
         from scans order by id`,
        [most],
      )
      .map((row) => ({
        scanId: Number(row['id']),
        scan: String(row['scan']),
        ownPatientId: Number(row['patient_id']),
        geometry: JSON.parse(String(row['geometry'])) as Geometry,
        fingerprint: row['fingerprint'] === null ? null : bytes(row['fingerprint']),
        isCompared: row['compared'] === 1,
      }));
  }

  /** Scans that have no portrait: an import leaves it out, and an earlier version had none. */
  withoutPortrait(): { readonly scanId: number; readonly scan: string }[] {
    return this.database
      .all(
        `select id, scan from scans where fingerprint is null or length(fingerprint) = ${FINGERPRINT_BYTES} order by id`,
        [],
      )
      .map((row) => ({ scanId: Number(row['id']), scan: String(row['scan']) }));
  }

  /** How many scans have not been compared with the others yet, or by their fingerprints only. */
  uncomparedCount(): number {
    return Number(
      this.database.get(
        `select count(*) as n from scans where compared = 0 or length(fingerprint) = ${FINGERPRINT_BYTES}`,
        [],
      )?.['n'],
    );
  }

  /** Keeps what comparing scans with all that were compared before has found. */
  noteCompared(scanIds: readonly number[], pairs: readonly AlikePair[]): void {
    this.database.transaction(() => {
      for (const { patientIds, scanIds: scans, distance } of pairs) {
        const isAscending = patientIds[0] < patientIds[1];
        this.database.run(
          `insert into alike (first_id, second_id, first_scan, second_scan, distance) values (?, ?, ?, ?, ?)
           on conflict do update set
             first_scan = excluded.first_scan, second_scan = excluded.second_scan, distance = excluded.distance
           where excluded.distance < distance`,
          [
            ...(isAscending ? patientIds : patientIds.toReversed()),
            ...(isAscending ? scans : scans.toReversed()),
            distance,
          ],
        );
      }
      for (const id of scanIds) this.database.run('update scans set compared = 1 where id = ?', [id]);
    });
  }

  /** Patients as they came, two and two, whose nearest scans have at most this distance. */
  alikeWithin(distance: number): [number, number][] {
    return this.database
      .all('select first_id, second_id from alike where distance <= ?', [distance])
      .map((row) => [Number(row['first_id']), Number(row['second_id'])]);
  }

  /** Scans alike of different patients of today. */
  alikeScans(): AlikeScans[] {
    return this.database
      .all(
        `select a.person as first, b.person as second, one.scan as first_scan, other.scan as second_scan, distance
         from alike join (${PERSONS}) a on a.id = first_id join (${PERSONS}) b on b.id = second_id
         join scans one on one.id = first_scan join scans other on other.id = second_scan
         where a.person <> b.person order by first_id, second_id`,
        [],
      )
      .map((row) => ({
        patients: [String(row['first']), String(row['second'])],
        scans: [String(row['first_scan']), String(row['second_scan'])],
        distance: Number(row['distance']),
      }));
  }

  /** What says of every patient of today who it is, as lookups. */
  traits(): PatientTraits[] {
    this.#fillPersonLookups();
    const traits = new Map<
      string,
      { patient: string; persons: string[]; studies: string[]; frames: string[] }
    >();
    for (const row of this.database.all(
      'select patient from patients where person_id is null order by id',
      [],
    )) {
      const patient = String(row['patient']);
      traits.set(patient, { patient, persons: [], studies: [], frames: [] });
    }
    const collect = (kind: 'persons' | 'studies' | 'frames', sql: string) => {
      for (const row of this.database.all(sql, []))
        traits.get(String(row['person']))?.[kind].push(String(row['lookup']));
    };
    collect(
      'persons',
      `select q.person, p.person_lookup as lookup from patients p join (${PERSONS}) q on q.id = p.id
       where p.person_lookup <> ''`,
    );
    collect('studies', `select q.person, s.lookup from studies s join (${PERSONS}) q on q.id = s.patient_id`);
    collect(
      'frames',
      `select distinct q.person, s.frame_lookup as lookup from scans s join (${PERSONS}) q on q.id = s.patient_id
       where s.frame_lookup is not null`,
    );
    return [...traits.values()];
  }

  /** Patients that came before lookups of names did. */
  #fillPersonLookups(): void {
    const rows = this.database.all('select id, sealed from patients where person_lookup is null', []);
    if (rows.length === 0) return;
    this.database.transaction(() => {
      for (const row of rows)
        this.notePatient(Number(row['id']), this.seal.open(bytes(row['sealed'])) as NewScan['identity']);
    });
  }

  /** Names of merged patients, each with the name of the patient that stands for it. */
  personNames(): Map<string, string> {
    return new Map(
      this.database
        .all(`${PERSONS} where own.person_id is not null`, [])
        .map((row) => [String(row['own']), String(row['person'])]),
    );
  }

  /** Every merge, undone ones too, oldest first. */
  merges(): Merge[] {
    return this.database
      .all(
        `select m.*, kept.patient as kept, merged.patient as merged from merges m
         join patients kept on kept.id = m.kept_id join patients merged on merged.id = m.merged_id order by m.id`,
        [],
      )
      .map((row) => ({
        id: Number(row['id']),
        at: String(row['at']),
        kept: String(row['kept']),
        merged: String(row['merged']),
        scans: JSON.parse(String(row['scans'])) as string[],
        reason: String(row['reason']),
        undoneAt: row['undone_at'] === null ? null : String(row['undone_at']),
      }));
  }

  /** Every patient that ever came, by name, with the name of the one that stands for it today. */
  standing(): Map<string, string> {
    return new Map(this.database.all(PERSONS, []).map((row) => [String(row['own']), String(row['person'])]));
  }

  /**
   * Makes many patients one with others, all of them or, on an error, none.
   *
   * @param pairs names of patients who stand for themselves when their turn comes
   * @throws HeldoutError as {@link merge}
   */
  mergeAll(pairs: readonly { readonly kept: string; readonly merged: string }[], reason: string): void {
    if (pairs.length === 0) return;
    this.database.transaction(() => {
      for (const { kept, merged } of pairs) this.#join(kept, merged, reason);
      this.#point();
    });
  }

  /**
   * Makes the patient `merged` one with `kept`, by their names in the project. Names of scans stay what they are.
   *
   * @throws HeldoutError `not-found` for an unknown patient, `conflict` when one of them is merged into another already
   */
  merge(kept: string, merged: string, reason: string): Merge {
    return this.database.transaction(() => {
      const id = this.#join(kept, merged, reason);
      this.#point();
      return this.#merge(id);
    });
  }

  /** Notes a merge and lets what stood for `merged` point to `kept`; returns the id of the merge. */
  #join(kept: string, merged: string, reason: string): number {
    const [keptId, mergedId] = [this.#standing(kept), this.#standing(merged)];
    if (keptId === mergedId)
      throw new HeldoutError('conflict', `${kept} and ${merged} are one patient already.`);
    const scans = this.database
      .all(
        `select s.scan from scans s join patients p on p.id = s.patient_id
         where coalesce(p.person_id, p.id) = ? order by s.id`,
        [mergedId],
      )
      .map((row) => String(row['scan']));
    const id = this.database.run(
      'insert into merges (at, kept_id, merged_id, scans, reason) values (?, ?, ?, ?, ?)',
      [new Date().toISOString(), keptId, mergedId, JSON.stringify(scans), reason],
    );
    this.database.run('update patients set person_id = ? where id = ? or person_id = ?', [
      keptId,
      mergedId,
      mergedId,
    ]);
    return id;
  }

  /**
   * Takes a merge back: every study and scan is again with the patient whose id it came with.
   *
   * @throws HeldoutError `not-found`, `conflict` when it was undone already
   */
  undo(id: number): Merge {
    return this.database.transaction(() => {
      const merge = this.#merge(id);
      if (merge.undoneAt !== null)
        throw new HeldoutError('conflict', `The merge ${id} was undone already, at ${merge.undoneAt}.`);
      this.database.run('update merges set undone_at = ? where id = ?', [new Date().toISOString(), id]);
      this.#point();
      return this.#merge(id);
    });
  }

  /**
   * Remembers that two patients are two people.
   *
   * @throws HeldoutError `not-found` for an unknown patient, `conflict` when they are merged: undo that first
   */
  dismiss(first: string, second: string): void {
    this.database.transaction(() => {
      const [low = 0, high = 0] = [this.#standing(first), this.#standing(second)].sort((a, b) => a - b);
      if (low === high) throw new HeldoutError('conflict', `${first} and ${second} are one patient.`);
      this.database.run('insert or ignore into not_same (first_id, second_id, at) values (?, ?, ?)', [
        low,
        high,
        new Date().toISOString(),
      ]);
    });
  }

  /** Pairs of patients of today who are two people, as was said of them or of a patient merged into them. */
  dismissed(): [string, string][] {
    return this.database
      .all(
        `select a.person as first, b.person as second from not_same n
         join (${PERSONS}) a on a.id = n.first_id join (${PERSONS}) b on b.id = n.second_id`,
        [],
      )
      .map((row) => [String(row['first']), String(row['second'])]);
  }

  #merge(id: number): Merge {
    const merge = this.merges().find((entry) => entry.id === id);
    if (merge === undefined)
      throw new HeldoutError('not-found', `There is no merge ${id}. See: heldout list patients.`);
    return merge;
  }

  /** The id of a patient who stands for itself. */
  #standing(patient: string): number {
    const row = this.database.get(
      `select own.id, own.person_id, person.patient as person from patients own
       join patients person on person.id = coalesce(own.person_id, own.id) where own.patient = ?`,
      [patient],
    );
    if (row === undefined)
      throw new HeldoutError(
        'not-found',
        `There is no patient called ${patient}. See: heldout list patients.`,
      );
    if (row['person_id'] !== null)
      throw new HeldoutError(
        'conflict',
        `${patient} is merged into ${String(row['person'])}: name that one, or undo the merge first.`,
      );
    return Number(row['id']);
  }

  /** Lets every patient point to the one that stands for it under the merges that count. */
  #point(): void {
    const parents = new Map(
      this.database
        .all('select kept_id, merged_id from merges where undone_at is null', [])
        .map((row) => [Number(row['merged_id']), Number(row['kept_id'])]),
    );
    this.database.run('update patients set person_id = null where person_id is not null', []);
    for (const merged of parents.keys()) {
      let person = merged;
      for (let parent = parents.get(person); parent !== undefined; parent = parents.get(person))
        person = parent;
      this.database.run('update patients set person_id = ? where id = ?', [person, merged]);
    }
  }
}
