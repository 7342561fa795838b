import type { Page } from '@playwright/test';

/** What a page's JavaScript holds in memory, after garbage was collected. */
export interface Heap {
  /** Every string of more than three characters. */
  readonly strings: readonly string[];
  /** Names of the properties of every object that has all of these. */
  objectsWith(...names: readonly string[]): string[][];
}

interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly [readonly string[], ...unknown[]];
    };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

/** Takes a snapshot of the page's heap. */
export async function heapOf(page: Page): Promise<Heap> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  const { snapshot, nodes, edges, strings } = JSON.parse(chunks.join('')) as Snapshot;
  const { node_fields: nodeFields, edge_fields: edgeFields, edge_types: edgeTypes } = snapshot.meta;
  const countAt = nodeFields.indexOf('edge_count');
  const property = edgeTypes[0].indexOf('property');
  const [typeAt, nameAt] = [edgeFields.indexOf('type'), edgeFields.indexOf('name_or_index')];
  const objects: string[][] = [];
  let edge = 0;
  for (let node = 0; node < nodes.length; node += nodeFields.length) {
    const names: string[] = [];
    for (let left = nodes[node + countAt] ?? 0; left > 0; left -= 1, edge += edgeFields.length)
      if (edges[edge + typeAt] === property) names.push(strings[edges[edge + nameAt] ?? 0] ?? '');
    // Prototypes of classes have the names of their accessors, but hold nothing.
    if (!names.includes('constructor')) objects.push(names.filter((name) => name !== '__proto__'));
  }
  return {
    strings: strings.filter((each) => each.length > 3),
    objectsWith: (...wanted) => objects.filter((names) => wanted.every((name) => names.includes(name))),
  };
}
