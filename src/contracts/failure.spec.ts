import { describe, expect, it } from 'vitest';
import { HeldoutError, toFailure } from './failure';

describe('failures', () => {
  it('keeps the sentence of what was thrown on purpose', () => {
    expect(toFailure(new HeldoutError('input', 'a.dcm is cut off: copy it again.'))).toEqual({
      code: 'input',
      sentence: 'a.dcm is cut off: copy it again.',
    });
  });

  it('moves the message of a fault to the details, because it may quote an identity', () => {
    const failure = toFailure(new Error('cannot read Doe^Jane'));
    expect(failure.code).toBe('internal');
    expect(failure.sentence).not.toContain('Doe');
    expect(failure.details).toContain('Doe');
  });
});
