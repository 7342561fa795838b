import { describe, expect, it } from 'vitest';
import { personKey, samePersonSuggestions, type PatientTraits } from './same-person';

describe('a name and a birth date', () => {
  const key = personKey('Müller^Anna Maria', '19580403');
  it.each([
    ['MULLER^ANNA MARIA', '19580403'],
    ['muller anna maria', '1958-04-03'],
    ['Anna^Müller^Maria', '1958.04.03'],
    ['Müller, Anna-Maria', '19580403'],
    ['Mu\u0308ller^Anna^Maria^Dr.^MD', '19580403'],
    ['Müller^Anna Maria=ミュラー^アンナ', '19580403'],
  ])('are the same written as %s, %s', (name, date) => {
    expect(personKey(name, date)).toBe(key);
  });

  it.each([
    ['Müller^Anna', '19580403'],
    ['Müller^Anna Maria', '19580404'],
  ])('differ as %s, %s', (name, date) => {
    expect(personKey(name, date)).not.toBe(key);
    expect(personKey(name, date)).not.toBeNull();
  });

  it.each([
    ['', '19580403'],
    ['Müller^Anna', ''],
    ['Müller^Anna', '00000000'],
    ['Müller^Anna', '19581340'],
    ['ANONYMOUS^PATIENT', '19580403'],
    ['^^^', '19580403'],
    ['0001^0002', '19580403'],
  ])('say nothing as "%s", "%s"', (name, date) => {
    expect(personKey(name, date)).toBeNull();
  });
});

const patient = (name: string, traits: Partial<PatientTraits> = {}): PatientTraits => ({
  patient: name,
  persons: [],
  studies: [],
  frames: [],
  ...traits,
});
const never = () => false;
const brief = (suggestions: ReturnType<typeof samePersonSuggestions>) =>
  suggestions.map(({ patients, strength, reasons }) => [
    patients.join(' '),
    strength,
    reasons.map(({ kind }) => kind).join(' '),
  ]);

describe('patients that look like one person', () => {
  it('are named in pairs with every reason, the best supported first', () => {
    const patients = [
      patient('P1', { persons: ['a'], studies: ['s'] }),
      patient('P2', { frames: ['f'] }),
      patient('P3', { persons: ['a'], studies: ['s'] }),
      patient('P4', { frames: ['f'] }),
      patient('P5', { persons: ['b'], studies: ['t'], frames: ['g'] }),
    ];
    const alike = [{ patients: ['P5', 'P1'], scans: ['P5.1', 'P1.1'], distance: 0.02 }] as const;
    const found = samePersonSuggestions(patients, alike, never);
    expect(brief(found)).toEqual([
      ['P1 P3', 'strong', 'name-and-birth-date study'],
      ['P1 P5', 'strong', 'images'],
      ['P2 P4', 'strong', 'frame-of-reference'],
    ]);
    expect(found[1]?.reasons[0]?.sentence).toBe('nearly identical images (P5.1 and P1.1)');
  });

  it('are a weak guess when more than three share the same UID, and nothing when very many do', () => {
    const sharing = (count: number) =>
      Array.from({ length: count }, (_, index) => patient(`P${index}`, { frames: ['phantom'] }));
    expect(brief(samePersonSuggestions(sharing(3), [], never)).map(([, strength]) => strength)).toEqual(
      Array(3).fill('strong'),
    );
    const weak = samePersonSuggestions(sharing(4), [], never);
    expect(weak).toHaveLength(6);
    expect(weak.every(({ strength }) => strength === 'weak')).toBe(true);
    expect(weak[0]?.reasons[0]?.sentence).toMatch(/4 patients share it: probably a placeholder/u);
    expect(samePersonSuggestions(sharing(9), [], never)).toEqual([]);
  });

  it('are a weak guess when images are only similar, and nearly identical ones count before those', () => {
    const patients = [patient('P1'), patient('P2')];
    const alike = [
      { patients: ['P1', 'P2'], scans: ['P1.1', 'P2.1'], distance: 0.1 },
      { patients: ['P1', 'P2'], scans: ['P1.2', 'P2.2'], distance: 0.01 },
    ] as const;
    expect(brief(samePersonSuggestions(patients, alike.slice(0, 1), never))).toEqual([
      ['P1 P2', 'weak', 'images'],
    ]);
    expect(brief(samePersonSuggestions(patients, alike, never))).toEqual([['P1 P2', 'strong', 'images']]);
  });

  it('are a weak guess when more than three have the same images, and nothing when very many do', () => {
    const alike = (count: number) => {
      const names = Array.from({ length: count }, (_, index) => `P${index}`);
      const pairs = names.flatMap((one, index) =>
        names.slice(index + 1).map((other) => ({
          patients: [one, other] as const,
          scans: [`${one}.1`, `${other}.1`] as const,
          distance: 0.01,
        })),
      );
      return samePersonSuggestions(
        names.map((name) => patient(name)),
        pairs,
        never,
      );
    };
    expect(brief(alike(3)).map(([, strength]) => strength)).toEqual(Array(3).fill('strong'));
    expect(alike(4)).toHaveLength(6);
    expect(alike(4)[0]).toMatchObject({
      strength: 'weak',
      reasons: [{ sentence: expect.stringMatching(/4 patients have such: perhaps a phantom/u) as string }],
    });
    expect(alike(9)).toEqual([]);
  });

  it('are not named once a person has said that they are two', () => {
    const patients = [patient('P1', { studies: ['s'] }), patient('P2', { studies: ['s'] })];
    expect(samePersonSuggestions(patients, [], (a, b) => a === 'P1' && b === 'P2')).toEqual([]);
  });
});
