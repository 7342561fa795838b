import { userInfo } from 'node:os';
import type { MarksDocument } from '#src/contracts/documents/reading';
import { HeldoutError } from '#src/contracts/failure';
import { LONGEST_NOTE, type PredictionMark } from '#src/readers/session';
import type { Project } from '#main/store/project';

/** Notes and marks on the predictions of a run, by patient. @throws HeldoutError `not-found` for an unknown run */
export function marksOf(project: Project, run: string): MarksDocument {
  project.registry.run(run);
  return { run, reader: userInfo().username, marks: project.marks.of(run) };
}

/**
 * Keeps what a reader thinks of a prediction, in place of what the same reader thought before; a mark of null and an
 * empty note take it back.
 *
 * @throws HeldoutError `not-found` for an unknown run or scan, `usage` for a note that is too long
 */
export function setMark(
  project: Project,
  mark: Omit<PredictionMark, 'patient' | 'at' | 'reader'> & { readonly reader?: string | undefined },
): MarksDocument {
  project.registry.run(mark.run);
  project.registry.scanNamed(mark.scan);
  const note = mark.note.trim();
  if ([...note].length > LONGEST_NOTE)
    throw new HeldoutError('usage', `A note has at most ${LONGEST_NOTE} characters: shorten it.`);
  project.marks.set({ ...mark, note, reader: mark.reader ?? userInfo().username });
  return marksOf(project, mark.run);
}
