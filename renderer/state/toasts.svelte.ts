import { toFailure } from '#src/contracts/failure';

export interface Toast {
  readonly id: number;
  readonly kind: 'info' | 'error';
  readonly sentence: string;
  /** A button that takes back what the sentence says. */
  readonly action: ToastAction | null;
}

interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

/** How long (ms) an information stays; errors stay until they are closed. */
const INFO_TIME = 6000;
const MOST = 4;

/** Sentences at the edge of the window. */
class Toasts {
  list = $state<Toast[]>([]);
  #last = 0;

  info(sentence: string, action: ToastAction | null = null): void {
    const { id } = this.#add('info', sentence, action);
    setTimeout(() => this.close(id), INFO_TIME);
  }

  error(error: unknown): void {
    const { code, sentence } = toFailure(error);
    if (code !== 'cancelled') this.#add('error', sentence);
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #add(kind: Toast['kind'], sentence: string, action: ToastAction | null = null): Toast {
    const toast = { id: ++this.#last, kind, sentence, action };
    // The same sentence twice is one toast.
    this.list = [...this.list.filter((shown) => shown.sentence !== sentence), toast].slice(-MOST);
    return toast;
  }
}

export const toasts = new Toasts();

/** Runs `work` and shows what goes wrong as a toast; undefined then. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    toasts.error(error);
    return undefined;
  }
}
