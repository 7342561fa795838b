import { comparedVolumes, compareRun } from '#main/operations/compare';
import { writeReport } from '#main/operations/report';
import type { Handlers } from '../dispatch';
import type { Workspace } from '../workspace';

export function compareHandlers(
  workspace: Workspace,
): Pick<Handlers, 'compare.load' | 'compare.scan' | 'report.save'> {
  const { launcher, dialogs } = workspace.around;
  return {
    'compare.load'({ run }) {
      const { project } = workspace;
      return workspace.jobs.wait((context) => compareRun(project, run, context, launcher));
    },
    'compare.scan'({ run, scan }) {
      const { project } = workspace;
      return workspace.jobs.wait((context) => comparedVolumes(project, run, scan, context, launcher));
    },
    async 'report.save'({ run }) {
      const { project } = workspace;
      const file = await dialogs.saveReport(`${project.summary().name} ${run}`);
      if (file === null) return null;
      await workspace.jobs.wait((context) => writeReport(project, run, file, context, launcher));
      return { file };
    },
  };
}
