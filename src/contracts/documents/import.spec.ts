import * as v from 'valibot';
import { expect, it } from 'vitest';
import { importDocument } from './import';

/** As projects hold it that were made before questions could be answered. */
const OLD = {
  schema: 'heldout.import/1',
  ...{ patients: 1, studies: 1, scans: 1, masks: 0, files: 3, alreadyPresent: 0, seconds: 0.5 },
  volumes: [
    { patient: 'P0001', scan: 'P0001.1', description: 'SA', phase: null, shape: [4, 4, 2], warnings: [] },
  ],
  warnings: [],
  leftOut: [{ path: 'a/notes.txt', reason: 'Not an image.', image: false }],
  questions: [{ kind: 'two-patients', sentence: 'Whose?', choices: ['--patient-from'] }],
};

it('reads a stored report whose questions have no id and no answers', () => {
  const { questions } = v.parse(importDocument, OLD);
  expect(questions).toEqual([{ ...OLD.questions[0], id: '', answers: [] }]);
});

it('refuses a report that another version wrote', () => {
  expect(() => v.parse(importDocument, { ...OLD, schema: 'heldout.import/2' })).toThrow();
});
