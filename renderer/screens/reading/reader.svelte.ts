import type { BlindedCase, BlindedSession } from '#src/contracts/documents/reading';
import { answersTo } from '#src/readers/reading';
import { call } from '../../state/bridge';
import type { DisplayWindow } from '../../viewer/base-layer';
import type { Camera } from '../../viewer/camera';
import { shownCase, type ShownCase } from './shown-case';

/** A session on the screen: the case that is shown and how it is looked at. */
export class Reader {
  session = $state.raw<BlindedSession>() as BlindedSession;
  current = $state.raw<BlindedCase | null>(null);
  shown = $state.raw<ShownCase | null>(null);
  slice = $state(0);
  window = $state.raw<DisplayWindow>({ low: 0, high: 1 });
  /** Shared by the panes; null: the whole slice. */
  camera = $state.raw<Camera | null>(null);
  fill = $state(0.25);
  visible = $state(true);
  note = $state('');
  isBusy = $state(false);
  #since = 0;
  #ahead: { readonly number: number; readonly blinded: Promise<BlindedCase> } | null = null;

  constructor(session: BlindedSession) {
    this.session = session;
  }

  /** Whether every case has an answer and none is being looked at again. */
  get isThrough(): boolean {
    return this.session.next === null && this.current === null;
  }

  /** Shows the first case without an answer. @throws HeldoutError */
  async next(): Promise<void> {
    const { next } = this.session;
    if (next !== null) return this.#show(next);
    this.current = null;
    this.shown = null;
  }

  /** Shows the case before, to correct its answer. @throws HeldoutError */
  async back(): Promise<void> {
    const before = (this.current?.number ?? this.session.cases + 1) - 1;
    if (before >= 1 && !this.isBusy) await this.#show(before);
  }

  /** Answers with one of the three keys of the question and goes on. @throws HeldoutError */
  async answer(key: 1 | 2 | 3): Promise<void> {
    const { current } = this;
    const answer = current === null ? undefined : answersTo(current.question)[key - 1];
    // A key held down must not answer the case that has just come.
    if (current === null || answer === undefined || this.isBusy) return;
    this.isBusy = true;
    try {
      const { session, number } = current;
      const seconds = (performance.now() - this.#since) / 1000;
      this.session = await call('reading.answer', {
        ...{ session, number, answer, seconds },
        note: this.note.trim(),
      });
      // After a correction comes the case that follows, whether it was answered or not.
      const isLast = number === this.session.cases;
      await this.#load(current.answer !== null && !isLast ? number + 1 : this.session.next);
    } finally {
      this.isBusy = false;
    }
  }

  goTo(slice: number): void {
    if (this.shown !== null) this.slice = Math.min(this.shown.slices - 1, Math.max(0, slice));
  }

  reset(): void {
    this.camera = null;
    if (this.shown !== null) this.window = this.shown.window;
  }

  async #show(number: number): Promise<void> {
    this.isBusy = true;
    try {
      await this.#load(number);
    } finally {
      this.isBusy = false;
    }
  }

  async #load(number: number | null): Promise<void> {
    if (number === null) {
      this.current = null;
      this.shown = null;
      return;
    }
    const ahead = this.#ahead?.number === number ? this.#ahead.blinded : null;
    this.#ahead = null;
    // What could not be read ahead is asked for again, and says then why.
    const current = (await ahead?.catch(() => null)) ?? (await this.#ask(number));
    const shown = shownCase(current);
    this.current = current;
    this.shown = shown;
    this.note = current.note;
    this.slice = shown.middle;
    this.window = shown.window;
    this.camera = null;
    this.visible = true;
    this.#since = performance.now();
    // The reader looks for a while: time to read the next case, so that large scans keep nobody waiting.
    if (number < this.session.cases && current.answer === null) {
      const blinded = this.#ask(number + 1);
      blinded.catch(() => undefined);
      this.#ahead = { number: number + 1, blinded };
    }
  }

  #ask(number: number): Promise<BlindedCase> {
    return call('reading.case', { session: this.session.session, number });
  }
}
