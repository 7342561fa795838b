import type { ImportedRun } from '#src/contracts/documents/imported-run';
import type { RunConfig } from '#src/contracts/documents/run';
import { sameSettings } from '#src/experiments/same-settings';
import type { RunRecord } from '#src/registry/records';
import type { Project } from '#main/store/project';
import { readImportedRun } from '#main/training/imported-run';
import { readRunConfig } from '#main/training/run-folder';

/** What comparing needs to know of a run, whoever made its predictions. */
export interface RunFacts {
  /** Label numbers that are scored. */
  readonly labels: readonly number[];
  /**
   * Every so manieth slice is one that no model trained on (0: none is). Null for predictions that were made elsewhere:
   * their models trained on whole scans, which are what is scored then.
   */
  readonly probeEvery: number | null;
  /** What the model trained on. */
  readonly training: readonly { readonly patient: string; readonly scan: string }[];
  readonly source:
    | { readonly kind: 'trained'; readonly config: RunConfig }
    | { readonly kind: 'imported'; readonly imported: ImportedRun };
}

/**
 * Reads the description of a run from its folder.
 * @throws HeldoutError `input` or `not-found` when it is missing, damaged or of another version
 */
export async function readRunFacts(
  project: Project,
  { id, kind }: Pick<RunRecord, 'id' | 'kind'>,
): Promise<RunFacts> {
  const folder = project.runFolder(id);
  if (kind === 'imported') {
    const imported = await readImportedRun(folder, id);
    const { labels, training } = imported;
    return { labels, probeEvery: null, training, source: { kind, imported } };
  }
  const config = await readRunConfig(folder);
  const { labels, probeEvery, training } = config;
  return { labels, probeEvery, training, source: { kind: 'trained', config } };
}

/** Whether two runs may be folds of one design: trained the same way, or imported together. */
export function sameMethod({ source: a }: RunFacts, { source: b }: RunFacts): boolean {
  if (a.kind === 'trained' && b.kind === 'trained') return sameSettings(a.config, b.config);
  if (a.kind !== 'imported' || b.kind !== 'imported') return false;
  const method = ({ set, labels }: ImportedRun) => JSON.stringify([set, labels]);
  return method(a.imported) === method(b.imported);
}
