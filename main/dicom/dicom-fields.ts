import type { DataSet } from 'dicom-parser';
import { ElementFields, type ValuePlace } from './element-fields';
import { EXPLICIT_BIG_ENDIAN } from './transfer-syntaxes';

/** The elements of a data set that dicom-parser has read: sequences are at hand in {@link dataSet}. */
export class DicomFields extends ElementFields {
  constructor(
    readonly dataSet: DataSet,
    transferSyntax = '',
  ) {
    super(dataSet.byteArray as Uint8Array, transferSyntax !== EXPLICIT_BIG_ENDIAN);
  }

  protected placeOf(tag: string): ValuePlace | null {
    const element = this.dataSet.elements[tag];
    if (element === undefined || element.length <= 0 || element.items !== undefined) return null;
    return { start: element.dataOffset, length: element.length };
  }

  has(tag: string): boolean {
    return this.dataSet.elements[tag] !== undefined;
  }
}
