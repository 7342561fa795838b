import type { SplittableScan } from './split';

/** A scan with the names that another program may know it by. */
export interface NameableScan extends Pick<SplittableScan, 'patient' | 'scan'> {
  /** The path that it was imported from, relative to what was imported; null when it is not known. */
  readonly sourcePath: string | null;
}

/** The scans that a name means, and how many parts of it led there (1 for what the project calls so). */
export interface NamedScans<S> {
  readonly scans: readonly S[];
  readonly parts: number;
}

/**
 * Finds the scans that a name from elsewhere means: the scan, or all scans of the patient, that the project calls so, and
 * those whose file, or a folder above it, has that name. Of a path, as many parts as possible must agree, from the end:
 * of `siteA/image.nii.gz` and `siteB/image.nii.gz`, `x/siteA/image.nii.gz` means the first one. Endings of image files
 * and nnU-Net's channel (`_0000`) do not count. A name that fits no part is looked for with any signs between its words:
 * `SCD0000101_ED` is the scan in `SCD0000101/ED`.
 *
 * Scans of several patients mean that the name is ambiguous. So it is when the project calls one patient P0001 and the
 * file of another one was called that.
 */
export function scanNames<S extends NameableScan>(scans: readonly S[]): (name: string) => NamedScans<S> {
  const files = scans.map((scan) => {
    const path = partsOf(scan.sourcePath ?? '');
    return { scan, path, words: ` ${wordsOf(path.join(' '))} ` };
  });
  return (name) => {
    const isCalled = (code: string) => code === name || code === stemOf(name);
    const scansCalled = scans.filter(({ scan }) => isCalled(scan));
    const called = scansCalled.length > 0 ? scansCalled : scans.filter(({ patient }) => isCalled(patient));
    const nearest = nearestFiles(partsOf(name), files);
    if (called.length === 0 && nearest.parts > 0) return nearest;
    if (called.length === 0) {
      const words = wordsOf(partsOf(name).join(' '));
      // One word alone is a part, or no name.
      const fitting = words.includes(' ') ? files.filter((file) => file.words.includes(` ${words} `)) : [];
      return { scans: fitting.map(({ scan }) => scan), parts: Math.min(1, fitting.length) };
    }
    // What the project itself calls so counts, unless the files say that it is somebody else.
    const all = [...called, ...nearest.scans];
    return { scans: onePatient(all) ? called : [...new Set(all)], parts: Math.max(1, nearest.parts) };
  };
}

interface SourceFile<S> {
  readonly scan: S;
  readonly path: readonly string[];
}

/** The scans whose file or folder agrees in most parts; of one patient's, those whose file does before its folders. */
function nearestFiles<S extends NameableScan>(
  name: readonly string[],
  files: readonly SourceFile<S>[],
): NamedScans<S> {
  const fits = files.map(({ scan, path }) => ({
    scan,
    file: commonParts(name, path),
    folder: Math.max(0, ...path.map((_, end) => commonParts(name, path.slice(0, end)))),
  }));
  const parts = fits.reduce((most, { file, folder }) => Math.max(most, file, folder), 0);
  if (parts === 0) return { scans: [], parts };
  const found = fits.filter(({ file, folder }) => Math.max(file, folder) === parts);
  const byFile = found.filter(({ file }) => file === parts);
  const chosen = byFile.length > 0 && onePatient(found.map(({ scan }) => scan)) ? byFile : found;
  return { scans: chosen.map(({ scan }) => scan), parts };
}

/** How many parts of two paths agree, from their ends. */
function commonParts(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a.at(-1 - length) === b.at(-1 - length)) length += 1;
  return length;
}

const onePatient = (scans: readonly NameableScan[]) =>
  new Set(scans.map(({ patient }) => patient)).size === 1;

/** Words in small letters with one space between, numbers without leading zeros. */
function wordsOf(text: string): string {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => (/^\d+$/u.test(word) ? word.replace(/^0+(?=\d)/u, '') : word))
    .join(' ');
}

function partsOf(path: string): string[] {
  return path
    .split(/[/\\]/u)
    .filter((part) => part !== '' && part !== '.')
    .map(stemOf);
}

/** The name of a file without its folders, the endings of image files, and nnU-Net's channel. */
function stemOf(name: string): string {
  return (name.split(/[/\\]/u).at(-1) ?? '')
    .replace(/\.(?:nii\.gz|nii|dcm|nrrd|mha|zip)$/iu, '')
    .replace(/_0000$/u, '');
}
