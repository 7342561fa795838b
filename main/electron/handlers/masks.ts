import type { Handlers } from '../dispatch';
import type { Workspace } from '../workspace';

export function maskHandlers(
  workspace: Workspace,
): Pick<Handlers, 'mask.open' | 'mask.append' | 'mask.setStatus' | 'mask.close'> {
  return {
    async 'mask.open'({ scanId }) {
      const opened = await workspace.project.masks.open(scanId);
      workspace.openMasks.add(opened.maskId);
      return opened;
    },
    async 'mask.append'({ maskId, entry }) {
      await workspace.project.masks.append(maskId, entry);
      return null;
    },
    async 'mask.setStatus'({ maskId, status }) {
      await workspace.project.masks.setStatus(maskId, status);
      workspace.changed();
      return null;
    },
    async 'mask.close'({ maskId }) {
      workspace.openMasks.delete(maskId);
      await workspace.project.masks.close(maskId);
      workspace.changed();
      return null;
    },
  };
}
