/** What radiologists call the values of Image Type that tell images of one place apart. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(M|MAG|MAGNITUDE)$|(^|_)M_/u, 'magnitude'],
  [/^(P|PHASE|PHASE[ _]MAP)$|(^|_)P_/u, 'phase'],
  [/^(R|REAL)$|(^|_)R_/u, 'real'],
  [/^(I|IMAG|IMAGINARY)$|(^|_)I_/u, 'imaginary'],
  [/^(VELOCITY|VELOCITY[ _]MAP|V)$/u, 'velocity'],
  [/^(ADC|ADC MAP|ADC_MAP|ADC_UNSPECIFIED)$/u, 'ADC'],
  [/^(EADC|E_ADC)$/u, 'exponential ADC'],
  [/^(TRACEW|TRACE|ISOTROPIC)$/u, 'trace'],
  [/^(FA|FRACT_ANISO)$/u, 'FA'],
  [/^(B0|B0[ _]MAP|FIELD[ _]MAP)$/u, 'field map'],
  [/^(W|WATER)$/u, 'water'],
  [/^(F|FAT)$/u, 'fat'],
  [/^(IP|IN_PHASE|INPHASE)$/u, 'in phase'],
  [/^(OP|OPP_PHASE|OUT_PHASE|OUTPHASE)$/u, 'opposed phase'],
  [/^(SUB|SUBTRACT|SUBTRACTION)$/u, 'subtraction'],
  [/^MIP$/u, 'MIP'],
  [/^(RCBF|CBF|RELCBF)$/u, 'CBF'],
  [/^(RCBV|CBV)$/u, 'CBV'],
  [/^T1[ _]MAP$/u, 'T1 map'],
  [/^T2[ _]MAP$/u, 'T2 map'],
  [/^T2[ _]?STAR[ _]MAP$/u, 'T2* map'],
  [/^MTT$/u, 'MTT'],
  [/^TTP$/u, 'TTP'],
  [/^NORM$/u, 'normalised'],
  [/^ORIGINAL$/u, 'original'],
  [/^DERIVED$/u, 'derived'],
];

/**
 * Names for images that differ in their Image Type: what sets each apart from the others, in a radiologist's words
 * ("magnitude", "phase", "ADC") where there is one, else in the header's.
 *
 * @param types DICOM Image Type values, joined by backslashes; all different
 * @returns one name for each; '' for one that has nothing of its own
 */
export function imageKinds(types: readonly string[]): string[] {
  const parts = types.map((type) =>
    type
      .split('\\')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
  const own = parts.map((all) => all.filter((part) => !parts.every((others) => others.includes(part))));
  const named = own.map((left) => [...new Set(left.flatMap((part) => wordFor(part) ?? []))]);
  const names = named.map((words, n) => (words.length > 0 ? words : (own[n] ?? []).map(lowerCase)).join(' '));
  // Two that share a word are told apart by all that sets them apart.
  return names.map((name, n) =>
    names.indexOf(name) === n && names.lastIndexOf(name) === n
      ? name
      : [...new Set(own[n]?.map((part) => wordFor(part) ?? lowerCase(part)))].join(' '),
  );
}

const lowerCase = (part: string) => part.toLowerCase();

function wordFor(part: string): string | null {
  const echo = /^TE(\d+)$/u.exec(part)?.[1];
  if (echo !== undefined) return `echo ${echo}`;
  return WORDS.find(([pattern]) => pattern.test(part.toUpperCase()))?.[1] ?? null;
}
