import { libraryOf, thumbnailOf } from '#main/operations/library';
import { sampleTypeOf } from '#src/imaging/volume';
import type { Handlers } from '../dispatch';
import type { Workspace } from '../workspace';
import { compact } from './compact';

export function libraryHandlers(
  workspace: Workspace,
): Pick<Handlers, 'library.list' | 'scan.thumbnail' | 'scan.open'> {
  return {
    'library.list': () => libraryOf(workspace.project),
    'scan.thumbnail': ({ scanId }) => thumbnailOf(workspace.project, scanId),
    async 'scan.open'({ scanId }) {
      const scan = workspace.project.registry.scan(scanId);
      const { samples, geometry } = await workspace.project.voxels.get(scan.voxels);
      return { scan, geometry, sampleType: sampleTypeOf(samples), samples: compact(samples) };
    },
  };
}
