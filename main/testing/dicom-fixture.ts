import { readFileSync } from 'node:fs';
import { DicomFields } from '#main/dicom/dicom-fields';
import { parseDicom } from '#main/dicom/parse-dicom';

const FIXTURES = 'main/dicom/fixtures';

/** The header of one of the DICOM fixtures: its path below main/dicom/fixtures, without the ending. */
export function fixtureFields(name: string): DicomFields {
  const parsed = parseDicom(readFileSync(`${FIXTURES}/${name}.dcm`));
  if (parsed?.complete !== true) throw new Error(`${name} is no complete DICOM file`);
  return new DicomFields(parsed.dataSet);
}

/** What other programs read in a folder of fixtures: its expected.json. */
export function expectedOf(folder: string): unknown {
  return JSON.parse(readFileSync(`${FIXTURES}/${folder}/expected.json`, 'utf8'));
}
