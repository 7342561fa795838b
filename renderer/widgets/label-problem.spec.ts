import { expect, it } from 'vitest';
import { labelProblem } from './label-problem';

const label = (number: number, name = 'LV') => ({ label: number, name, colour: '#e69f00' });

it('says what is wrong with labels, and nothing when they are right', () => {
  expect(labelProblem([label(1), label(2)])).toBeNull();
  expect(labelProblem([label(2), label(2)])).toMatch(/number 2/u);
  expect(labelProblem([label(0)])).toMatch(/1 to 255/u);
  expect(labelProblem([label(Number.NaN)])).toMatch(/1 to 255/u);
  expect(labelProblem([label(1, ' ')])).toMatch(/name/u);
});
