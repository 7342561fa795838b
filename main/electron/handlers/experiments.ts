import type { ExperimentChoices, ExperimentEntry } from '#src/contracts/channels';
import type { ExperimentPlan } from '#src/contracts/documents/experiment-plan';
import { HeldoutError } from '#src/contracts/failure';
import { designPicture } from '#src/experiments/design-picture';
import { developmentScans, experimentTrainings, trainingCount } from '#src/experiments/experiment-trainings';
import { estimateApart } from '#main/operations/experiment-estimating';
import { experimentNames, readPlan } from '#main/operations/experiment-files';
import { writeExperimentReport } from '#main/operations/experiment-report';
import { experimentStatus } from '#main/operations/experiment-status';
import {
  draftExperiment,
  planExperiment,
  type PlanExperimentRequest,
} from '#main/operations/plan-experiment';
import { openLockedSet, trainExperiment } from '#main/operations/run-experiment';
import type { Handlers } from '../dispatch';
import type { Workspace } from '../workspace';

type Channels = Extract<keyof Handlers, `experiment.${string}`>;

/** What the window does not ask about. */
const FIXED = { probeEvery: 5, guardEvery: 3, margin: 0.02 };

export function experimentHandlers(workspace: Workspace): Pick<Handlers, Channels> {
  const { launcher, dialogs, printPdf, openFile } = workspace.around;
  const estimating = estimateApart(launcher);
  let lastReport: string | null = null;

  return {
    async 'experiment.list'() {
      const { project } = workspace;
      const names = await experimentNames(project);
      const plans = await Promise.all(names.map((name) => readPlan(project, name)));
      return plans
        .map((plan) => entryOf(workspace, plan))
        .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    },
    'experiment.draft': (choices) => draftExperiment(workspace.project, requestOf('draft', choices)),
    async 'experiment.create'({ name, choices }) {
      const { project } = workspace;
      await workspace.jobs.wait((context) => planExperiment(project, requestOf(name, choices), context));
      return entryOf(workspace, await readPlan(project, name));
    },
    async 'experiment.start'({ name }) {
      const { project, experiments, training } = workspace;
      if (training.busy)
        throw new HeldoutError('conflict', 'A training is under way. Stop it or wait until it has ended.');
      const plan = await readPlan(project, name);
      experiments.start(name, (context) =>
        trainExperiment(project, plan, context, launcher, ({ done, of }) => {
          workspace.emit('experiment.trained', { name, done, of });
        }),
      );
      return null;
    },
    'experiment.stop'({ name }) {
      workspace.experiments.stop(name);
      return null;
    },
    async 'experiment.show'({ name }) {
      const { project } = workspace;
      const plan = await readPlan(project, name);
      return {
        document: await experimentStatus(project, name, null, estimating),
        createdAt: plan.createdAt,
        picture: designPicture(experimentTrainings(plan), developmentScans(plan)),
      };
    },
    'experiment.openLocked'({ name, reason }) {
      const { project } = workspace;
      return workspace.jobs.wait((context) =>
        openLockedSet(project, name, reason, context, launcher, estimating),
      );
    },
    async 'experiment.report'({ name, kind }) {
      const { project } = workspace;
      const file = await dialogs.saveReport(`${project.summary().name} ${name}`, kind);
      if (file === null) return null;
      await writeExperimentReport(project, name, file, estimating, kind === 'pdf' ? printPdf : undefined);
      lastReport = file;
      return { file };
    },
    async 'experiment.openReport'() {
      if (lastReport === null) throw new HeldoutError('not-found', 'No report has been saved yet.');
      await openFile(lastReport);
      return null;
    },
  };
}

function requestOf(name: string, choices: ExperimentChoices): PlanExperimentRequest {
  return { name, ...FIXED, ...choices };
}

function entryOf(workspace: Workspace, plan: ExperimentPlan): ExperimentEntry {
  const runs = workspace.project.registry.runs();
  return {
    name: plan.name,
    createdAt: plan.createdAt,
    trainings: trainingCount(plan),
    done: runs.filter(({ experiment, state }) => experiment === plan.name && state === 'done').length,
    activity: workspace.experiments.activity(plan.name),
  };
}
