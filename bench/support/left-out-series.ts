import type { LeftOut } from '#src/contracts/documents/import';
import { DicomFields } from '#main/dicom/dicom-fields';
import { listSources } from '#main/dicom/list-sources';
import { parseDicom } from '#main/dicom/parse-dicom';
import { readSource } from '#main/dicom/source-file';
import { quietContext } from '#main/jobs/context';

/** Groups the reasons why files below `folder` were left out by their series' UID ('' where a file names none). */
export async function leftOutBySeries(
  folder: string,
  leftOut: readonly LeftOut[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { sources } = await listSources([folder], quietContext());
  const sourceOf = new Map(sources.map((source) => [source.path, source]));
  const bySeries = new Map<string, string[]>();
  for (const { path, reason } of leftOut) {
    const source = sourceOf.get(path);
    const parsed = source === undefined ? null : parseDicom(readSource(source));
    const uid = parsed === null ? '' : new DicomFields(parsed.dataSet).code('x0020000e');
    const reasons = bySeries.get(uid) ?? [];
    if (!reasons.includes(reason)) reasons.push(reason);
    bySeries.set(uid, reasons);
  }
  return bySeries;
}
