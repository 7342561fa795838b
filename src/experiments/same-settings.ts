import type { RunConfig } from '#src/contracts/documents/run';

/**
 * Whether two runs were trained the same way, so that their models may be compared as folds of one design. Left out:
 * what says which data the run got (fold, slices), what follows from those data (patch, spacing, labels kept in one piece), and what does not
 * change the method (threads, versions).
 */
export function sameSettings(a: RunConfig, b: RunConfig): boolean {
  return settingsKey(a) === settingsKey(b);
}

function settingsKey(config: RunConfig): string {
  const { split, seed, model, batch, precision, backend, schedule, augmentation } = config;
  const { labels, probeEvery, foregroundShare } = config;
  const method = { model, batch, precision, backend, schedule, augmentation, foregroundShare };
  return JSON.stringify(sorted({ split, seed, labels, probeEvery, ...method }));
}

/** The value with the keys of every object in order, so that equal settings have equal texts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, entry]) => [key, sorted(entry)]),
  );
}
