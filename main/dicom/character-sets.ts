/** Defined terms of Specific Character Set (PS3.3 C.12.1.1.2) and the encodings that hold their characters. */
const ENCODINGS: Readonly<Record<string, string>> = {
  '': 'windows-1252',
  'ISO_IR 6': 'windows-1252',
  'ISO_IR 100': 'windows-1252',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 87': 'iso-2022-jp',
  'ISO_IR 159': 'iso-2022-jp',
  'ISO_IR 149': 'euc-kr',
  'ISO_IR 58': 'gb18030',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gb18030',
};

/** Escape sequences of ISO 2022 that switch a set on; iso-2022-jp reads its own. */
// eslint-style control characters are data here: ESC begins each sequence.
const ESCAPES = new RegExp(`${String.fromCharCode(27)}[()$\\-.\\/]+[@-~]`, 'gu');

/**
 * Text of a data element in its file's character sets, without padding. With code extensions (several terms) the first
 * multi-byte set named is used for the whole text. Unknown terms are read as Latin-1.
 *
 * @param terms values of (0008,0005)
 */
export function decodeText(bytes: Uint8Array, terms: readonly string[]): string {
  const isPlain = bytes.every((byte) => byte < 128 && byte !== 27);
  const encoding = isPlain ? 'windows-1252' : encodingOf(terms);
  const text = new TextDecoder(encoding).decode(bytes);
  const withoutEscapes = encoding === 'iso-2022-jp' ? text : text.replace(ESCAPES, '');
  return withoutEscapes.replace(/[\0 ]+$/u, '').replace(/^ +/u, '');
}

function encodingOf(terms: readonly string[]): string {
  const encodings = terms.map(
    (term) => ENCODINGS[term.trim().replace(/^ISO 2022 IR /u, 'ISO_IR ')] ?? 'windows-1252',
  );
  return (
    encodings.find((encoding) => !/^(windows|iso-8859)-/u.test(encoding)) ??
    encodings.at(-1) ??
    'windows-1252'
  );
}
