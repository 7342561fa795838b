/** The quick scanner beside the full parser: the same values, or it declines. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DicomFields } from './dicom-fields';
import { parseDicom } from './parse-dicom';
import { examineFile } from './read-header';
import { scanDicom } from './scanned-fields';
import { unopenedFile } from './source-file';

const SYNTAX = { explicit: '1.2.840.10008.1.2.1', implicit: '1.2.840.10008.1.2' } as const;
type Layout = keyof typeof SYNTAX;
const MAPPING = 'x00409096';
const UNITS = 'x004008ea';
const LONG = new Set(['SQ', 'OW', 'OB', 'UN']);

function element(layout: Layout, tag: string, vr: string, value: Buffer, length = value.length): Buffer {
  const head = Buffer.alloc(layout === 'explicit' && LONG.has(vr) ? 12 : 8);
  head.writeUInt16LE(Number.parseInt(tag.slice(1, 5), 16), 0);
  head.writeUInt16LE(Number.parseInt(tag.slice(5), 16), 2);
  if (layout === 'implicit') head.writeUInt32LE(length, 4);
  else {
    head.write(vr, 4, 'latin1');
    if (LONG.has(vr)) head.writeUInt32LE(length, 8);
    else head.writeUInt16LE(length, 6);
  }
  return Buffer.concat([head, value]);
}

function delimiter(element: number, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(0xfffe, 0);
  bytes.writeUInt16LE(element, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

function sequence(layout: Layout, tag: string, items: readonly Buffer[], isOpen: boolean, vr = 'SQ'): Buffer {
  const value = Buffer.concat([
    ...items.flatMap((item) => [
      delimiter(0xe000, isOpen ? 0xffffffff : item.length),
      item,
      ...(isOpen ? [delimiter(0xe00d, 0)] : []),
    ]),
    ...(isOpen ? [delimiter(0xe0dd, 0)] : []),
  ]);
  return element(layout, tag, vr, value, isOpen ? 0xffffffff : value.length);
}

const text = (value: string) => Buffer.from(value.padEnd(value.length + (value.length % 2)), 'latin1');
const uid = (value: string) => Buffer.from(value.padEnd(value.length + (value.length % 2), '\0'), 'latin1');
const double = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
};

/** A file whose real world value mapping has two items, each with a sequence of its own. */
function file(layout: Layout, isOpen: boolean, vr = 'SQ'): Buffer {
  const item = (slope: number) =>
    Buffer.concat([
      sequence(layout, UNITS, [element(layout, 'x00080100', 'SH', text('mm2/s'))], isOpen),
      element(layout, 'x00409224', 'FD', double(0.5)),
      element(layout, 'x00409225', 'FD', double(slope)),
    ]);
  const syntax = element('explicit', 'x00020010', 'UI', uid(SYNTAX[layout]));
  const groupLength = Buffer.alloc(4);
  groupLength.writeUInt32LE(syntax.length);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element('explicit', 'x00020000', 'UL', groupLength),
    syntax,
    element(layout, 'x00080005', 'CS', text('ISO_IR 100')),
    element(layout, 'x00100010', 'PN', text('Row^Test')),
    sequence(layout, MAPPING, [item(4.25), item(8.5)], isOpen, vr),
    element(layout, 'x7fe00010', 'OW', Buffer.alloc(8)),
  ]);
}

/** The first item says that it ends behind its sequence. */
function withLongItem(bytes: Buffer): Buffer {
  const at = bytes.indexOf(delimiter(0xe000, 0).subarray(0, 4));
  bytes.writeUInt32LE(bytes.length, at + 4);
  return bytes;
}

const layouts = (['explicit', 'implicit'] as const).flatMap((layout) =>
  [false, true].map((isOpen) => [layout, isOpen ? 'open' : 'closed', isOpen] as const),
);

describe('a sequence', () => {
  it.each(layouts)('in %s VR with %s items is told as the full parser does', (layout, _, isOpen) => {
    const bytes = file(layout, isOpen);
    const scanned = scanDicom(bytes);
    const parsed = parseDicom(bytes);
    if (scanned === null || parsed === null) throw new Error('not read');
    expect(scanned.canRead(MAPPING)).toBe(true);
    const told = [scanned, new DicomFields(parsed.dataSet)].map((fields) =>
      fields.items(MAPPING).map((item) => ({
        intercept: item.double('x00409224'),
        slope: item.double('x00409225'),
        units: item.items(UNITS).map((unit) => unit.code('x00080100')),
        absent: item.items('x00081140'),
      })),
    );
    const values = { intercept: 0.5, units: ['mm2/s'], absent: [] };
    expect(told[0]).toEqual([
      { ...values, slope: 4.25 },
      { ...values, slope: 8.5 },
    ]);
    expect(told[1]).toEqual(told[0]);
    expect(scanned.pixelOffset).toBe(bytes.length - 8);
  });

  it.each<[string, Buffer]>([
    ['stored as UN', file('explicit', false, 'UN')],
    ['whose items are longer than it', withLongItem(file('explicit', false))],
  ])('%s is left to the full parser', (_, bytes) => {
    const scanned = scanDicom(bytes);
    expect(scanned?.canRead(MAPPING)).toBe(false);
    expect(() => scanned?.items(MAPPING)).toThrow(/full parser/u);
  });

  it('that is absent has no items', () => {
    const scanned = scanDicom(file('explicit', false));
    expect(scanned?.canRead('x00081140')).toBe(true);
    expect(scanned?.items('x00081140')).toEqual([]);
  });
});

it('a header that is longer than most is read to its end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heldout-header-'));
  try {
    const whole = await readFile('main/dicom/fixtures/stack/1.dcm');
    const pixels = whole.lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]));
    const own = element('explicit', 'x70e11001', 'OB', Buffer.alloc(100_000));
    const long = Buffer.concat([whole.subarray(0, pixels), own, whole.subarray(pixels)]);
    await writeFile(join(folder, '1.dcm'), long);
    expect(scanDicom(long.subarray(0, 32 * 1024))).toBeNull();
    const [plain, longer] = ['main/dicom/fixtures/stack/1.dcm', join(folder, '1.dcm')].map(
      (path) => examineFile(unopenedFile('1.dcm', 'stack', path)).finding,
    );
    if (plain?.kind !== 'dicom' || longer?.kind !== 'dicom') throw new Error('no image');
    expect(longer.frames).toEqual(plain.frames);
    expect(longer.image).toEqual({ ...plain.image, pixelOffset: plain.image.pixelOffset + own.length });
  } finally {
    await rm(folder, { recursive: true });
  }
});
