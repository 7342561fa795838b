import type { Label } from '#src/registry/records';

/** What is wrong with a set of labels that a person edits, as a sentence; null when nothing is. */
export function labelProblem(labels: readonly Label[]): string | null {
  const numbers = labels.map(({ label }) => label);
  if (numbers.some((number) => !Number.isInteger(number) || number < 1 || number > 255))
    return 'Label numbers go from 1 to 255.';
  const twice = numbers.find((number, at) => numbers.indexOf(number) !== at);
  if (twice !== undefined) return `Two labels have the number ${twice}: give one of them another.`;
  if (labels.some(({ name }) => name.trim() === '')) return 'Give every label a name.';
  return null;
}
