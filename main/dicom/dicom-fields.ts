import dicomParser, { type DataSet, type Element } from 'dicom-parser';
import { ElementFields, type ValuePlace } from './element-fields';

const ITEM_TAG = [0xfe, 0xff, 0x00, 0xe0];

/** The elements of a data set that dicom-parser has read, with its sequences. */
export class DicomFields extends ElementFields {
  constructor(
    readonly dataSet: DataSet,
    characterSets: readonly string[] | null = null,
  ) {
    const isBigEndian = dataSet.byteArrayParser === dicomParser.bigEndianByteArrayParser;
    super(dataSet.byteArray as Uint8Array, !isBigEndian, characterSets);
  }

  protected placeOf(tag: string): ValuePlace | null {
    const element = this.dataSet.elements[tag];
    if (element === undefined || element.length <= 0) return null;
    return { start: element.dataOffset, length: element.length };
  }

  has(tag: string): boolean {
    return this.dataSet.elements[tag] !== undefined;
  }

  vr(tag: string): string | null {
    return this.dataSet.elements[tag]?.vr ?? null;
  }

  /** Also reads sequences that the parser leaves closed: private ones in implicit VR, and those stored as UN. */
  items(tag: string): DicomFields[] {
    const element = this.dataSet.elements[tag];
    if (element === undefined || element.length <= 0) return [];
    const items = element.items ?? closedItems(this.dataSet, element);
    return items.flatMap(({ dataSet }) =>
      dataSet === undefined ? [] : [new DicomFields(dataSet, this.characterSets)],
    );
  }

  /** The first item of a sequence. */
  item(tag: string): DicomFields | undefined {
    return this.items(tag)[0];
  }

  creatorTags(group: string): string[] {
    const creators = `x${group}00`;
    return Object.keys(this.dataSet.elements).filter((tag) => tag.startsWith(creators));
  }
}

function closedItems({ byteArray }: DataSet, { tag, dataOffset, length }: Element): readonly Element[] {
  const begin = byteArray.subarray(dataOffset, dataOffset + ITEM_TAG.length);
  if (!ITEM_TAG.every((byte, n) => begin[n] === byte)) return [];
  try {
    // The items keep their place in the whole file; nothing behind the sequence is read.
    const bytes = byteArray.subarray(0, dataOffset + length);
    const stream = new dicomParser.ByteStream(dicomParser.littleEndianByteArrayParser, bytes, dataOffset);
    const sequence: Element = { tag, length, dataOffset };
    dicomParser.readSequenceItemsImplicit(stream, sequence);
    return sequence.items ?? [];
  } catch {
    return [];
  }
}
