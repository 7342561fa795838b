import { SURE_COPY_DISTANCE } from '../imaging/fingerprint';

/** Why two patients may be one person, in words that name nobody. */
export interface SamePersonReason {
  readonly kind: 'name-and-birth-date' | 'study' | 'frame-of-reference' | 'images';
  /** A weak reason alone says little: the screen shows it last, and no warning rests on it. */
  readonly strength: 'strong' | 'weak';
  readonly sentence: string;
}

/** Two patients of a project, by their names in it, that look like one person. */
export interface SamePersonSuggestion {
  readonly patients: readonly [string, string];
  readonly strength: 'strong' | 'weak';
  /** The strong ones first. */
  readonly reasons: readonly SamePersonReason[];
}

/** What is compared: the same text in two patients means the same person, study or frame. None is empty. */
export interface PatientTraits {
  readonly patient: string;
  readonly persons: readonly string[];
  readonly studies: readonly string[];
  readonly frames: readonly string[];
}

/** Scans of two patients that look alike; `distance` as in src/imaging/fingerprint. */
export interface AlikeScans {
  readonly patients: readonly [string, string];
  readonly scans: readonly [string, string];
  readonly distance: number;
}

/** What more patients than this share comes from a program or a phantom, not from a person. */
const FEW = 3;
/** What more patients than this share is not even listed: it would name every pair of them. */
export const MANY = 8;

/** Words that anonymisers write in place of a name. */
const NO_NAMES = new Set(
  'ANON ANONYM ANONYMOUS ANONYMIZED ANONYMISED DEIDENTIFIED NAME NN NO NONE PATIENT PHANTOM REMOVED SUBJECT TEST UNKNOWN UNNAMED XXX'.split(
    ' ',
  ),
);

/**
 * One text for a person's name and birth date, the same for every way of writing them: case, accents, carets, spaces and
 * the order of the components do not matter. Null when either is missing or a placeholder.
 *
 * @param name DICOM person name; only its first component group counts, prefixes and suffixes do not
 * @param birthDate DICOM date (YYYYMMDD) or the same with separators
 */
export function personKey(name: string, birthDate: string): string | null {
  const date = birthDate.replace(/[\s./-]/gu, '');
  if (!/^(?!0000)\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/u.test(date)) return null;
  const group = name.split('=').find((part) => /\p{L}/u.test(part)) ?? '';
  const words = group
    .split('^')
    .slice(0, 3)
    .join(' ')
    .replace(/[øØ]/gu, 'o')
    .replace(/[łŁ]/gu, 'l')
    .replace(/[æÆ]/gu, 'ae')
    .toUpperCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const says = words.filter((word) => /\p{L}/u.test(word) && !NO_NAMES.has(word));
  return says.length === 0 ? null : `${words.sort().join(' ')} ${date}`;
}

/** The reasons for one pair while they are gathered. */
interface Pair {
  readonly patients: readonly [string, string];
  readonly reasons: SamePersonReason[];
}

/**
 * Pairs of patients that look like one person, the strongest first. `isDismissed` keeps out what a person has answered.
 */
export function samePersonSuggestions(
  patients: readonly PatientTraits[],
  alike: readonly AlikeScans[],
  isDismissed: (first: string, second: string) => boolean,
): SamePersonSuggestion[] {
  const order = new Map(patients.map(({ patient }, index) => [patient, index]));
  const pairs = new Map<string, Pair>();
  const add = (a: string, b: string, reason: SamePersonReason) => {
    if (a === b || isDismissed(a, b)) return;
    const pair: [string, string] = (order.get(a) ?? 0) <= (order.get(b) ?? 0) ? [a, b] : [b, a];
    const key = JSON.stringify(pair);
    const known = pairs.get(key) ?? { patients: pair, reasons: [] };
    pairs.set(key, known);
    if (!known.reasons.some(({ kind, strength }) => kind === reason.kind && strength === reason.strength))
      known.reasons.push(reason);
  };
  const shared = (
    kind: SamePersonReason['kind'],
    traitsOf: (patient: PatientTraits) => readonly string[],
    few: string,
    many: (count: number) => string,
  ) => {
    for (const sharing of groupsOf(patients, traitsOf)) {
      if (sharing.length > MANY) continue;
      const isWeak = sharing.length > FEW;
      const reason: SamePersonReason = {
        kind,
        strength: isWeak ? 'weak' : 'strong',
        sentence: isWeak ? many(sharing.length) : few,
      };
      for (const [index, a] of sharing.entries()) for (const b of sharing.slice(index + 1)) add(a, b, reason);
    }
  };
  shared(
    'name-and-birth-date',
    ({ persons }) => persons,
    'same name and birth date',
    (count) => `same name and birth date, but ${count} patients share them: probably a placeholder`,
  );
  shared(
    'study',
    ({ studies }) => studies,
    'same study (StudyInstanceUID)',
    (count) => `same StudyInstanceUID, but ${count} patients share it: probably a placeholder`,
  );
  shared(
    'frame-of-reference',
    ({ frames }) => frames,
    'same position in the same scanner session (FrameOfReferenceUID)',
    (count) => `same FrameOfReferenceUID, but ${count} patients share it: probably a placeholder`,
  );
  const copiesOf = numbersOfCopies(alike);
  for (const { patients: pair, scans, distance } of alike.toSorted((a, b) => a.distance - b.distance)) {
    const sharing = 1 + Math.max(...pair.map((patient) => copiesOf.get(patient) ?? 0));
    if (sharing > MANY) continue;
    const isSure = distance <= SURE_COPY_DISTANCE;
    const isOften = isSure && sharing > FEW;
    add(...pair, {
      kind: 'images',
      strength: isSure && !isOften ? 'strong' : 'weak',
      sentence: isOften
        ? `nearly identical images (${scans.join(' and ')}), but ${sharing} patients have such: perhaps a phantom`
        : isSure
          ? `nearly identical images (${scans.join(' and ')})`
          : `similar images (${scans.join(' and ')}): a cropped copy, or two people who look alike`,
    });
  }
  return [...pairs.values()]
    .map(({ patients: pair, reasons }) => ({
      patients: pair,
      strength: reasons.some(({ strength }) => strength === 'strong')
        ? ('strong' as const)
        : ('weak' as const),
      reasons: reasons
        .filter(({ kind, strength }) => strength === 'strong' || !hasStrong(reasons, kind))
        .sort((a, b) => Number(a.strength === 'weak') - Number(b.strength === 'weak')),
    }))
    .sort((a, b) => rank(b) - rank(a) || first(order, a) - first(order, b));
}

const hasStrong = (reasons: readonly SamePersonReason[], kind: SamePersonReason['kind']) =>
  reasons.some((reason) => reason.kind === kind && reason.strength === 'strong');

const rank = ({ reasons }: SamePersonSuggestion) =>
  10 * reasons.filter(({ strength }) => strength === 'strong').length + reasons.length;

const first = (order: ReadonlyMap<string, number>, { patients: [a, b] }: SamePersonSuggestion) =>
  (order.get(a) ?? 0) * order.size + (order.get(b) ?? 0);

/** With how many others each patient shares nearly identical images. */
function numbersOfCopies(alike: readonly AlikeScans[]): ReadonlyMap<string, number> {
  const others = new Map<string, Set<string>>();
  for (const { patients, distance } of alike) {
    if (distance > SURE_COPY_DISTANCE) continue;
    for (const [one, other] of [patients, patients.toReversed()] as [string, string][])
      others.set(one, (others.get(one) ?? new Set()).add(other));
  }
  return new Map([...others].map(([patient, { size }]) => [patient, size]));
}

/** Patients who share a trait, for each trait that at least two have. */
function groupsOf(
  patients: readonly PatientTraits[],
  traitsOf: (patient: PatientTraits) => readonly string[],
): string[][] {
  const groups = new Map<string, Set<string>>();
  for (const patient of patients)
    for (const trait of traitsOf(patient)) {
      const group = groups.get(trait) ?? new Set<string>();
      groups.set(trait, group.add(patient.patient));
    }
  return [...groups.values()].filter(({ size }) => size > 1).map((group) => [...group]);
}
