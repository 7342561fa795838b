/**
 * Takes out of a text for the log what may say who a patient is: quoted values, folder and file names, names in
 * DICOM's `Family^Given` form, dates and long numbers. File endings, error codes and the program's own lines stay,
 * because without them a log is of no use.
 */
export function redact(text: string, ownFolder: string): string {
  const marker = '\uE000';
  return text
    .replaceAll(`file://${ownFolder}`, marker)
    .replaceAll(ownFolder, marker)
    .replaceAll(/"[^"\n]*"|'[^'\n]*'|`[^`\n]*`|“[^”\n]*”/gu, (quoted) =>
      quoted.includes(marker) ? quoted : `${quoted[0]}…${extensionOf(quoted)}${quoted.at(-1) ?? ''}`,
    )
    .replaceAll(
      /(?<![\w\uE000])(?:file:\/\/|[A-Za-z]:)?(?:[/\\][^/\\\s:()]+){2,}/gu,
      (path) => `…/…${extensionOf(path)}`,
    )
    .replaceAll(/[\p{L}'-]+\^[\p{L}^' -]*/gu, '…')
    .replaceAll(/\d{4}-\d{2}-\d{2}(?!T)|\d{5,}/gu, '…')
    .replaceAll(marker, '<heldout>');
}

function extensionOf(path: string): string {
  return /\.(?:nii\.gz|[A-Za-z]{1,6})(?=["'`”]?$)/u.exec(path)?.[0] ?? '';
}
