import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import dicomParser from 'dicom-parser';
import { listSources } from '#main/dicom/list-sources';
import { readSource, type SourceFile } from '#main/dicom/source-file';
import { quietContext } from '#main/jobs/context';
import { shippedSample } from '#main/operations/sample';

/** What the sample's UIDs have in common, and what its PatientIDs begin with. */
const UID_PART = '.113543.';
const PATIENT_PART = 'SCD0';

/** All files of the shipped sample. */
async function sampleSources(): Promise<readonly SourceFile[]> {
  return (await listSources([shippedSample()], quietContext())).sources;
}

async function write(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
}

/** Unpacks the sample into a folder. @returns how many files that are */
export async function unpackSample(folder: string): Promise<number> {
  const sources = await sampleSources();
  for (const source of sources) await write(folder, source.path, readSource(source));
  return sources.length;
}

/**
 * Writes the sample's DICOM files `copies` times, each time as other patients: PatientID and all UIDs are replaced by
 * others of the same length, and one pixel of each slice is changed, for voxel files are named by their content.
 *
 * @returns how many files that are
 */
export async function multiplySample(folder: string, copies: number): Promise<number> {
  const sources = (await sampleSources()).filter(({ path }) => path.endsWith('.dcm'));
  for (const source of sources) {
    const original = Buffer.from(readSource(source));
    const pixels = dicomParser.parseDicom(original).elements['x7fe00010']?.dataOffset;
    if (pixels === undefined) throw new Error(`${source.path} has no pixels`);
    for (let copy = 0; copy < copies; copy += 1) {
      const bytes = Buffer.from(original);
      replaceAll(bytes, pixels, UID_PART, `.${200_000 + copy}.`);
      replaceAll(bytes, pixels, PATIENT_PART, `C${String(copy).padStart(3, '0')}`);
      bytes.writeUInt8(copy % 256, pixels);
      await write(folder, `copy-${copy}/${source.path}`, bytes);
    }
  }
  return sources.length * copies;
}

/** Replaces every `from` before `end` by `to`, which must be as long. */
function replaceAll(bytes: Buffer, end: number, from: string, to: string): void {
  if (from.length !== to.length) throw new Error(`${to} is not as long as ${from}`);
  let at = bytes.indexOf(from, 0, 'latin1');
  if (at < 0 || at >= end) throw new Error(`${from} is not in the header`);
  for (; at >= 0 && at < end; at = bytes.indexOf(from, at + from.length, 'latin1'))
    bytes.write(to, at, 'latin1');
}
