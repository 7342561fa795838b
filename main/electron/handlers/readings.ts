import { basename } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';
import { marksOf, setMark } from '#main/operations/marks';
import {
  answerCase,
  finishReading,
  listReadings,
  previewReading,
  readingCase,
  readingProgress,
  setPaused,
  startReading,
  unblindedReading,
} from '#main/operations/readings';
import { writeReadingTable } from '#main/operations/reading-files';
import type { Handlers } from '../dispatch';
import type { Workspace } from '../workspace';

type Channels = Extract<keyof Handlers, `reading.${string}` | `mark.${string}`>;

export function readingHandlers(workspace: Workspace): Pick<Handlers, Channels> {
  const { launcher, dialogs } = workspace.around;
  /** While one session is read, no other one may be opened or unblinded: it may show the same patients. */
  const refuseOthers = (session: number) => {
    if (workspace.reading !== null && workspace.reading !== session)
      throw new HeldoutError(
        'conflict',
        'Another blinded reading is under way: pause or finish that one first.',
      );
  };
  /** A page that may hold lists of patients shows no case: after a restart of the app it must resume first. */
  const refuseUnlessBlind = (session: number) => {
    refuseOthers(session);
    if (workspace.reading === null)
      throw new HeldoutError('conflict', 'This window is not blinded: resume the reading before you go on.');
  };
  return {
    'mark.list': ({ run }) => marksOf(workspace.project, run),
    'mark.set': (mark) => setMark(workspace.project, mark),
    'reading.list': () => listReadings(workspace.project),
    'reading.current': () =>
      workspace.reading === null ? null : readingProgress(workspace.project, workspace.reading),
    'reading.preview': (plan) => previewReading(workspace.project, plan),
    async 'reading.start'(request) {
      const { project } = workspace;
      const session = await workspace.jobs.wait((context) =>
        startReading(project, request, context, launcher),
      );
      workspace.blind(session.session);
      return session;
    },
    'reading.case'({ session, number }) {
      refuseUnlessBlind(session);
      return readingCase(workspace.project, session, number);
    },
    'reading.answer'({ session, ...given }) {
      refuseUnlessBlind(session);
      return answerCase(workspace.project, session, given);
    },
    'reading.pause'({ session }) {
      refuseOthers(session);
      const paused = setPaused(workspace.project, session, true);
      workspace.reading = null;
      return paused;
    },
    'reading.resume'({ session }) {
      const resumed = setPaused(workspace.project, session, false);
      workspace.blind(session);
      return resumed;
    },
    'reading.finish'({ session }) {
      refuseOthers(session);
      const unblinded = finishReading(workspace.project, session);
      workspace.reading = null;
      return unblinded;
    },
    'reading.show': ({ session }) => unblindedReading(workspace.project, session),
    async 'reading.save'({ session }) {
      const { project } = workspace;
      const file = await dialogs.saveTable(`${project.summary().name} reading ${session}`);
      if (file === null) return null;
      await writeReadingTable(project, session, file);
      return { file: basename(file) };
    },
  };
}
