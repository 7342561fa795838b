import { describe, expect, it } from 'vitest';
import { onePositional, readOptions } from './options';

describe('options', () => {
  const options = readOptions({
    seed: '7',
    minutes: 'many',
    json: true,
    half: '0.5',
    design: 'patients',
    from: '(',
    run: ['a', 'b'],
  });

  it('reads what is well formed', () => {
    expect(options.integer('seed', 0, 10)).toBe(7);
    expect(options.texts('run')).toEqual(['a', 'b']);
    expect(options.texts('seed')).toEqual(['7']);
    expect(options.texts('absent')).toEqual([]);
    expect(options.flag('json')).toBe(true);
    expect(options.flag('seed')).toBe(false);
    expect(options.number('absent', 0, 1)).toBeUndefined();
  });

  it.each([
    [() => options.number('minutes', 0, 10), '--minutes must be a number from 0 to 10, not "many".'],
    [() => options.integer('seed', 0, 5), '--seed must be a number from 0 to 5, not "7".'],
    [() => options.integer('half', 0, 5), '--half must be a whole number, not "0.5".'],
    [
      () => options.choice('design', ['patient', 'scan']),
      '--design must be one of patient, scan, not "patients".',
    ],
    [() => options.pattern('from'), '--from is no regular expression: ('],
    [() => onePositional([], 'name'), 'Say which: name is missing.'],
    [() => onePositional(['a', 'b'], 'name'), 'Only one name is expected, not 2.'],
  ])('refuses with a sentence (%#)', (read, sentence) => {
    expect(read).toThrow(sentence);
  });
});
