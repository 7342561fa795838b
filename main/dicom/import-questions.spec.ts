/** What only a person can decide, asked about the small stack in fixtures/ after its headers were changed. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quietContext } from '#main/jobs/context';
import { findImages } from './find-images';
import { openImportPool } from './import-pool';
import { UNDECIDED, type ImportChoices } from './import-questions';
import type { PatientOf } from './plan-volumes';

const STACK = 'main/dicom/fixtures/stack';
const byHeader: PatientOf = ({ image }) => ({ key: image.context.patient.id, isChosen: false });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heldout-questions-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function plan(choices: ImportChoices = UNDECIDED, patientOf: PatientOf = byHeader, root = folder) {
  const pool = openImportPool({ workerFile: null });
  return (await findImages([root], patientOf, pool, quietContext(), choices)).dicom;
}

const defaults = (kind: string, answer: string): ImportChoices => ({
  answers: {},
  defaults: { [kind]: answer },
});

/** Where an element's value lies; the stack is explicit little endian and its values are short. */
function valueOf(bytes: Buffer, group: number, element: number): Buffer {
  const tag = Buffer.alloc(4);
  tag.writeUInt16LE(group, 0);
  tag.writeUInt16LE(element, 2);
  const at = bytes.indexOf(tag);
  if (at < 0) throw new Error('no such element');
  return bytes.subarray(at + 8, at + 8 + bytes.readUInt16LE(at + 6));
}

/** The stack's three slices with `change` done to each. */
async function stack(change: (bytes: Buffer, index: number) => void, root = folder): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const index of [0, 1, 2]) {
    const bytes = await readFile(join(STACK, `${index + 1}.dcm`));
    change(bytes, index);
    await writeFile(join(root, `${index}.dcm`), bytes);
  }
}

/** Writes another last digit or letter. */
function another(value: Buffer, index: number): void {
  const end = value.findLastIndex((byte) => byte > 0x20);
  value.write(String(index + 1), end);
}
const ownSeries = (bytes: Buffer, index: number) => {
  another(valueOf(bytes, 0x0020, 0x000e), index);
};
const ownPatient = (bytes: Buffer, index: number) => {
  if (index === 0) another(valueOf(bytes, 0x0010, 0x0020), 7);
};

const shapes = (found: Awaited<ReturnType<typeof plan>>) =>
  found.volumes.map(({ patientKey, plan: { slices } }) => [patientKey, slices.length]);

describe('a series that names two patients', () => {
  beforeEach(() => stack(ownPatient));

  it('waits for an answer with a question that says how many images each has', async () => {
    const { volumes, leftOut, questions } = await plan();
    expect(volumes).toEqual([]);
    expect(leftOut).toHaveLength(3);
    expect(questions).toHaveLength(1);
    expect(questions[0]?.id).toMatch(/^[0-9a-f]{12}$/u);
    expect(questions[0]?.sentence).toContain('(2 and 1 images)');
    expect(questions[0]?.answers.map(({ answer }) => answer)).toEqual(['apart', 'larger', 'leave-out']);
  });

  it('is divided, given whole to the one with more images, or left out, as answered', async () => {
    expect(shapes(await plan(defaults('two-patients', 'apart')))).toEqual([
      ['FIXTUR8', 1],
      ['FIXTURE', 2],
    ]);
    const larger = await plan(defaults('two-patients', 'larger'));
    expect(shapes(larger)).toEqual([['FIXTURE', 3]]);
    const { slices } = larger.volumes[0]?.plan ?? { slices: [] };
    // The identity that is sealed with the scan must be that patient's, whichever image it is read from.
    expect(new Set(slices.map((slice) => slice?.image.context.patient.id))).toEqual(new Set(['FIXTURE']));
    const out = await plan(defaults('two-patients', 'leave-out'));
    expect(out.volumes).toEqual([]);
    expect(out.questions).toEqual([]);
    expect(out.leftOut[0]?.reason).toContain('you chose to leave it out');
  });

  it('has an answer of its own before that for its kind, and its own rule before both', async () => {
    const id = (await plan()).questions[0]?.id ?? '';
    const choices = { answers: { [id]: 'larger' }, defaults: { 'two-patients': 'leave-out' } };
    expect(shapes(await plan(choices))).toEqual([['FIXTURE', 3]]);
    expect(shapes(await plan(choices, () => ({ key: 'ruled', isChosen: true })))).toEqual([['ruled', 3]]);
    await expect(plan(defaults('two-patients', 'join'))).rejects.toThrow('apart, larger, leave-out');
  });

  it('has the same id when the same files are found again elsewhere, and another one for other files', async () => {
    const id = (await plan()).questions[0]?.id;
    const elsewhere = join(folder, '..', `${folder.split('/').at(-1)}-elsewhere`);
    await cp(folder, elsewhere, { recursive: true });
    try {
      expect((await plan(UNDECIDED, byHeader, elsewhere)).questions[0]?.id).toBe(id);
      await rm(join(elsewhere, '2.dcm'));
      expect((await plan(UNDECIDED, byHeader, elsewhere)).questions[0]?.id).not.toBe(id);
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });
});

describe('series of one image each', () => {
  it('that lie like one volume wait for an answer, and become one or several volumes', async () => {
    await stack(ownSeries);
    const open = await plan();
    expect(open.volumes).toEqual([]);
    expect(open.leftOut).toHaveLength(3);
    expect(open.questions.map(({ kind }) => kind)).toEqual(['one-series-per-slice']);
    expect(open.questions[0]?.sentence).toContain('3 series');
    const joined = await plan(defaults('one-series-per-slice', 'join'));
    expect(shapes(joined)).toEqual([['FIXTURE', 3]]);
    expect(joined.leftOut).toEqual([]);
    expect(joined.volumes[0]?.warnings).toEqual([]);
    expect(shapes(await plan(defaults('one-series-per-slice', 'apart')))).toEqual([
      ['FIXTURE', 1],
      ['FIXTURE', 1],
      ['FIXTURE', 1],
    ]);
  });

  it('are separate scans without a question when they do not make one volume', async () => {
    const cases: Record<string, (bytes: Buffer, index: number) => void> = {
      'another patient': ownPatient,
      'another modality': (bytes, index) => {
        if (index === 0) valueOf(bytes, 0x0008, 0x0060).write('CT');
      },
      'the same place': (bytes) => {
        valueOf(bytes, 0x0020, 0x0032).fill(' ').write('1\\2\\3');
      },
      'another plane': (bytes, index) => {
        if (index !== 0) return;
        const value = valueOf(bytes, 0x0020, 0x0037);
        value.fill(' ').write('1\\0\\0\\0\\1\\0');
      },
      'another matrix': (bytes, index) => {
        if (index === 0) valueOf(bytes, 0x0028, 0x0010).writeUInt16LE(35);
      },
    };
    for (const [name, change] of Object.entries(cases)) {
      const root = join(folder, name);
      await stack((bytes, index) => {
        ownSeries(bytes, index);
        change(bytes, index);
      }, root);
      const { volumes, questions } = await plan(UNDECIDED, byHeader, root);
      expect([name, questions]).toEqual([name, []]);
      expect([name, volumes.length]).toEqual([name, 3]);
    }
  });

  it('are not asked about when there are only two', async () => {
    await stack(ownSeries);
    await rm(join(folder, '2.dcm'));
    expect((await plan()).questions).toEqual([]);
  });
});
