/**
 * Schema of registry.db, one step for each version: step n brings a database from version n to n + 1 (`user_version`).
 * Steps never change once released. Sealed columns hold {@link Seal} ciphertext, `lookup` columns its HMACs.
 */
export const SCHEMA_STEPS: readonly string[] = [
  `
  create table patients (
    id integer primary key,
    patient text not null unique,
    lookup text not null unique,
    sealed blob not null,
    site text,
    condition text
  ) strict;
  create table studies (
    id integer primary key,
    patient_id integer not null references patients (id),
    lookup text not null,
    sealed blob not null,
    unique (patient_id, lookup)
  ) strict;
  create table scans (
    id integer primary key,
    scan text not null unique,
    patient_id integer not null references patients (id),
    study_id integer not null references studies (id),
    series_lookup text not null,
    sealed blob not null,
    description text not null,
    modality text not null,
    phase integer,
    view text not null,
    geometry text not null,
    sample_type text not null,
    voxels text not null,
    window_low real not null,
    window_high real not null,
    invert_display integer not null,
    warnings text not null,
    unique (patient_id, voxels, phase)
  ) strict;
  create index scans_of_patient on scans (patient_id);
  create table masks (
    id integer primary key,
    scan_id integer not null references scans (id),
    reader text not null,
    status text not null,
    voxels text not null,
    updated_at text not null,
    unique (scan_id, reader)
  ) strict;
  create table files (key text primary key) strict, without rowid;
  create table imports (id integer primary key, at text not null, sealed blob not null) strict;
  create table splits (name text primary key, created_at text not null, document text not null) strict;
  create table runs (id text primary key, created_at text not null, record text not null) strict;
  create table looks (id integer primary key, at text not null, run text not null, reason text not null) strict;
  `,
  // Which images (SOP instances) a scan was made of: DICOM masks name the images that they were drawn on.
  `
  create table instances (
    lookup text not null,
    scan_id integer not null references scans (id) on delete cascade,
    primary key (lookup, scan_id)
  ) strict, without rowid;
  create index instances_of_scan on instances (scan_id);
  create index scans_of_series on scans (series_lookup);
  `,
  // The same person under two ids. A merge only points: rows keep the id that they came with, so undoing loses nothing.
  // `person_id` null = the patient stands for itself; `person_lookup` null = not computed yet, '' = too little is known.
  // `compared`: its fingerprint was compared with those of all other scans that are compared; `alike` has the nearest
  // two scans of every two patients (as they came) with images that look alike.
  `
  alter table patients add column person_id integer references patients (id);
  alter table patients add column person_lookup text;
  alter table scans add column frame_lookup text;
  alter table scans add column fingerprint blob;
  alter table scans add column compared integer not null default 0;
  create index patients_of_person on patients (person_id);
  create table merges (
    id integer primary key,
    at text not null,
    kept_id integer not null references patients (id),
    merged_id integer not null references patients (id),
    scans text not null,
    reason text not null,
    undone_at text
  ) strict;
  create table alike (
    first_id integer not null references patients (id),
    second_id integer not null references patients (id),
    first_scan integer not null references scans (id),
    second_scan integer not null references scans (id),
    distance real not null,
    primary key (first_id, second_id),
    check (first_id < second_id)
  ) strict, without rowid;
  create table not_same (
    first_id integer not null references patients (id),
    second_id integer not null references patients (id),
    at text not null,
    primary key (first_id, second_id),
    check (first_id < second_id)
  ) strict, without rowid;
  `,
  // Who looked at which locked patients, and at which models: a second look after a change of the model is called so.
  `
  alter table looks add column who text not null default '';
  alter table looks add column locked text not null default '[]';
  alter table looks add column model text not null default '';
  `,
  // Blinded readings. `shown` is the hidden side of a case (run, side and frozen prediction, from left to right) and
  // `plan` has the secret half of the seed: neither leaves the main process before `finished_at` is set. Answers are
  // only ever added; the last one to a case counts. `marks` are what somebody thinks of a prediction, without blinding.
  `
  create table readings (
    id integer primary key,
    reader text not null,
    state text not null,
    started_at text not null,
    finished_at text,
    plan text not null
  ) strict;
  create table reading_cases (
    reading_id integer not null references readings (id),
    number integer not null,
    question text not null,
    scan_id integer not null references scans (id),
    shown text not null,
    repeats integer,
    primary key (reading_id, number)
  ) strict, without rowid;
  create table reading_answers (
    id integer primary key,
    reading_id integer not null,
    number integer not null,
    at text not null,
    answer text not null,
    seconds real not null,
    note text not null,
    foreign key (reading_id, number) references reading_cases (reading_id, number)
  ) strict;
  create index answers_of_reading on reading_answers (reading_id, number);
  create table marks (
    id integer primary key,
    scan_id integer not null references scans (id),
    run text not null references runs (id),
    reader text not null,
    mark text,
    note text not null,
    at text not null,
    unique (scan_id, run, reader)
  ) strict;
  `,
];

export const SCHEMA_VERSION = SCHEMA_STEPS.length;
