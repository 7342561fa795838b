import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as v from 'valibot';
import { readCsv } from '#src/contracts/csv-rows';
import type {
  LabelStatisticsDocument,
  SliceStatisticsDocument,
  StatisticsDocument,
} from '#src/contracts/documents/statistics';
import { statisticsInput, type StatisticsInput } from '#src/contracts/documents/statistics-input';
import { HeldoutError } from '#src/contracts/failure';
import { crossedStatistics } from '#src/statistics/crossed-statistics';
import { sliceStatistics } from '#src/statistics/intraclass';
import { maxTTest } from '#src/statistics/max-t';
import { pairedStatistics, type PairedValue } from '#src/statistics/paired-statistics';

export type AnyStatisticsDocument = StatisticsDocument | LabelStatisticsDocument | SliceStatisticsDocument;

/**
 * Intervals, tests and verdict of a JSON or CSV file of per-patient values.
 *
 * @throws HeldoutError `input` that names the field or line that is wrong
 */
export async function statisticsOf(file: string): Promise<AnyStatisticsDocument> {
  const name = basename(file);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new HeldoutError('input', `${name} cannot be read: check the path.`);
  }
  return statisticsOfInput(/^\s*[[{]/u.test(text) ? parseJson(text, name) : parseCsv(text, name));
}

/** The same for input that is at hand already. @throws HeldoutError `usage` when there is no patient */
function statisticsOfInput(input: StatisticsInput): AnyStatisticsDocument {
  const options = {
    ...(input.margin === undefined ? {} : { margin: input.margin }),
    ...(input.seed === undefined ? {} : { seed: input.seed }),
  };
  switch (input.kind) {
    case 'paired':
      return pairedStatistics(input.values, options);
    case 'crossed':
      return crossedStatistics({
        metric: input.metric,
        heldOutFold: input.heldOutFold,
        patients: input.patients,
        ...options,
      });
    case 'slices':
      return { schema: 'heldout.statistics/1', ...sliceStatistics(input.patients) };
    case 'pairedLabels': {
      const labels = Object.entries(input.labels);
      const order = labels[0]?.[1].map(({ patient }) => patient) ?? [];
      const differences = labels.map(
        ([label, values]) => [label, differencesInOrder(values, order, label)] as const,
      );
      return {
        schema: 'heldout.statistics/1',
        labels: Object.fromEntries(
          labels.map(([label, values]) => [label, pairedStatistics(values, options)]),
        ),
        maxT: maxTTest(Object.fromEntries(differences), input.seed ?? 1),
      };
    }
  }
}

function differencesInOrder(
  values: readonly PairedValue[],
  order: readonly string[],
  label: string,
): number[] {
  const byPatient = new Map(values.map(({ patient, seen, heldOut }) => [patient, seen - heldOut]));
  if (byPatient.size !== order.length || values.length !== order.length)
    throw new HeldoutError(
      'input',
      `Label ${label} must have one value for each patient, as the other labels.`,
    );
  return order.map((patient) => {
    const difference = byPatient.get(patient);
    if (difference === undefined)
      throw new HeldoutError('input', `Label ${label} has no value for a patient whom another label has.`);
    return difference;
  });
}

function parseJson(text: string, name: string): StatisticsInput {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new HeldoutError('input', `${name} is not valid JSON.`);
  }
  const parsed = v.safeParse(statisticsInput, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? 'the document';
  throw new HeldoutError('input', `${name}: "${field}" is wrong: ${issue.message}.`);
}

/** CSV with a header line: patient, seen, heldOut and optionally label. */
function parseCsv(text: string, name: string): StatisticsInput {
  const { columns, rows } = readCsv(text, name);
  const has = (column: string) => columns.some((other) => other.toLowerCase() === column.toLowerCase());
  for (const column of ['patient', 'seen', 'heldOut'])
    if (!has(column)) throw new HeldoutError('input', `${name} has no column "${column}" in its first line.`);
  const labels: Record<string, PairedValue[]> = {};
  for (const { line, cell } of rows) {
    const number = (column: string) => {
      const value = Number(cell(column));
      if (cell(column) === '' || !Number.isFinite(value))
        throw new HeldoutError('input', `${name}, line ${line}: "${column}" must be a number.`);
      return value;
    };
    (labels[cell('label')] ??= []).push({
      patient: cell('patient'),
      seen: number('seen'),
      heldOut: number('heldOut'),
    });
  }
  return has('label') ? { kind: 'pairedLabels', labels } : { kind: 'paired', values: labels[''] ?? [] };
}
