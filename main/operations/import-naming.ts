import { HeldoutError } from '#src/contracts/failure';
import type { SourceFile } from '#main/dicom/source-file';

/** What the path of a file says about whose it is. */
export interface PathNames {
  readonly patient: string;
  readonly scan: string | null;
  readonly phase: string | null;
}

/**
 * Applies a person's naming rule (a regular expression with the named groups `patient`, optionally `scan` and `phase`)
 * to a path relative to what was imported. Null when it does not match.
 */
export function namesFrom(rule: RegExp, path: string): PathNames | null {
  // Without g and y, which make a pattern remember where it was.
  const match = new RegExp(rule.source, rule.flags.replace(/[gy]/gu, '')).exec(path);
  const patient = match?.groups?.['patient'];
  if (patient === undefined || patient === '') return null;
  return { patient, scan: match?.groups?.['scan'] ?? null, phase: match?.groups?.['phase'] ?? null };
}

/** @throws HeldoutError `usage` when the rule has no group called patient */
export function checkRule(rule: RegExp | undefined, option: string): void {
  if (rule !== undefined && !rule.source.includes('(?<patient>'))
    throw new HeldoutError(
      'usage',
      `${option} names no patient: write the part of the path that is the patient as (?<patient>…).`,
    );
}

/** Folders that say what their files are, not whose. */
const GENERIC_FOLDER =
  /^(images?|imgs?|labels?|masks?|segs?|segmentations?|(images|labels)t[rs]|data|dicom|nifti)$/iu;

/**
 * The patient of a file whose path follows no rule: the first folder below what was given that is no mere kind of file,
 * else the file's base name.
 */
export function defaultPatient(path: string): string {
  const folders = path.split('/').slice(0, -1);
  return folders.find((folder) => !GENERIC_FOLDER.test(folder)) ?? baseName(path);
}

/** File name without `.nii`, `.nii.gz` or `.dcm`. */
export function baseName(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.(nii(\.gz)?|dcm)$/iu, '');
}

const MASK_FOLDER = /^(label|mask|seg)/iu;
const MASK_ENDING = /[_-](labels?|masks?|segs?|gt)$/iu;

/** Whether a file's name or one of its folders says that it holds a mask. */
export function isNamedAsMask(source: Pick<SourceFile, 'root' | 'path'>): boolean {
  const folders = [source.root, ...source.path.split('/').slice(0, -1)];
  return folders.some((folder) => MASK_FOLDER.test(folder)) || MASK_ENDING.test(baseName(source.path));
}

/** Words of a path that only say what kind of file it is. */
const KIND_WORD =
  /^((image|img|label|mask|seg|segmentation)s?|(images|labels)t[rs]|gt|dicom|nifti|nii|gz|dcm)$/u;

/** The words of a path, lower case, numbers without leading zeros, words for kinds of files left out. */
export function pathWords(path: string): string[] {
  return path
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !KIND_WORD.test(word))
    .map((word) => (/^\d+$/u.test(word) ? word.replace(/^0+(?=\d)/u, '') : word));
}

/**
 * The numbered words of a path by their scheme: `hippocampus_001` gives `hippocampus #` -> 1, `SCD0000101` gives
 * `scd#` -> 0000101.
 */
export function numberedWords(path: string): Map<string, Set<string>> {
  const schemes = new Map<string, Set<string>>();
  const words = pathWords(path);
  for (const [n, word] of words.entries()) {
    if (!/\d/u.test(word)) continue;
    const isBare = /^\d+$/u.test(word);
    const before = words[n - 1];
    if (isBare && (before === undefined || /\d/u.test(before))) continue;
    const scheme = isBare ? `${before ?? ''} #` : word.replace(/\d+/gu, '#');
    schemes.set(scheme, (schemes.get(scheme) ?? new Set()).add(word));
  }
  return schemes;
}
