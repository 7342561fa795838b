import { HeldoutError } from '#src/contracts/failure';

/** The sentence for gzip data that cannot be unpacked. */
export function explainGzipError(error: unknown, name: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR')
    return new HeldoutError(
      'input',
      `${name} is cut off: its gzip data end too early. Copy it again from its source.`,
    );
  if (code?.startsWith('Z_') === true)
    return new HeldoutError(
      'input',
      `${name} is damaged: its gzip data are broken. Copy it again from its source.`,
    );
  if (code === 'ERR_BUFFER_TOO_LARGE')
    return new HeldoutError(
      'input',
      `${name} is damaged: it unpacks to more than its header says. Copy it again from its source.`,
    );
  return error;
}
