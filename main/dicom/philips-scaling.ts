import type { ElementFields } from './element-fields';

const CREATOR = 'x20050010';
const SCALE_INTERCEPT = 'x2005100d';
const SCALE_SLOPE = 'x2005100e';

/**
 * What a person should know of Philips' private scaling, in a sentence; nothing where a file has none.
 *
 * Philips MR files name two scales: Rescale Slope leads to the values that the console displays, the private pair on to
 * values that can be compared between scans (Chenevert et al., Transl Oncol 2014;7(1):65-71). The first is used, as
 * other readers do; the second is kept on record.
 */
export function philipsScaling(fields: ElementFields): string[] {
  if (!fields.has(SCALE_SLOPE) || !fields.code(CREATOR).startsWith('Philips MR Imaging DD')) return [];
  const slope = fields.float(SCALE_SLOPE);
  const intercept = fields.float(SCALE_INTERCEPT) ?? 0;
  if (slope === null) return [];
  return [
    `Philips private scaling (scale slope ${short(slope)}, scale intercept ${short(intercept)}): the values are those ` +
      "of Rescale Slope, not the scanner's own.",
  ];
}

const short = (value: number) => `${Number(value.toPrecision(7))}`;
