import type { ReportData } from './report-data';

/** Name of a label number; 0 is the background. */
export function labelNames({ labels }: Pick<ReportData, 'labels'>): (label: number) => string {
  const names = new Map(labels.map(({ label, name }) => [label, name]));
  return (label) => (label === 0 ? 'background' : (names.get(label) ?? `label ${label}`));
}
