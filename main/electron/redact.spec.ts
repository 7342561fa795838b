import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from './redact';

const own = '/opt/heldout/out';

describe('redaction of the log', () => {
  it.each([
    [
      "ENOENT: no such file or directory, open '/data/Doe^Jane 1971/scan 3.dcm'",
      ['Doe', 'Jane', '1971', 'data'],
    ],
    ['Unexpected token D in JSON: "Doe, Jane" is not valid', ['Doe', 'Jane']],
    ['cannot decode /mnt/ward/Doe_Jane/0001.dcm', ['Doe', 'Jane', 'ward']],
    ['cannot decode D:\\ward\\Doe_Jane\\0001.dcm', ['Doe', 'Jane', 'ward']],
    ['patient DOE^JANE^^MRS was born 1971-03-04, id 4711471', ['DOE', 'JANE', '1971', '4711471']],
  ])('%s', (text, secrets) => {
    const redacted = redact(text, own);
    for (const secret of secrets) expect(redacted).not.toContain(secret);
  });

  it('keeps what a developer needs', () => {
    const text = `TypeError: x is undefined\n    at open (file://${own}/main/app.js:10:5)\n    at node:internal/fs:1:2`;
    expect(redact(text, own)).toBe(
      'TypeError: x is undefined\n    at open (<heldout>/main/app.js:10:5)\n    at node:internal/fs:1:2',
    );
    expect(redact("ENOENT: open '/data/Doe/a.nii.gz'", own)).toBe("ENOENT: open '….nii.gz'");
  });

  it('never lets a quoted name through, whatever surrounds it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), (before, after) => {
        const around = (text: string) => text.replaceAll(/["'`“”\n]/gu, '');
        expect(redact(`${around(before)}'Doe Jane'${around(after)}`, own)).not.toContain('Doe');
      }),
    );
  });
});
