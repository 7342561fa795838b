import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { settingsSchema, type Settings } from '#src/contracts/channels';
import { writeFileAtomic } from '#main/store/atomic-file';

const VERSION = 1;
const RECENT = 12;

const bounds = v.object({
  x: v.number(),
  y: v.number(),
  width: v.pipe(v.number(), v.minValue(200)),
  height: v.pipe(v.number(), v.minValue(200)),
  maximised: v.boolean(),
});
export type WindowBounds = v.InferOutput<typeof bounds>;

const recentEntry = v.object({ name: v.string(), folder: v.string(), openedAt: v.string() });
export type RecentEntry = v.InferOutput<typeof recentEntry>;

const document = v.object({
  version: v.literal(VERSION),
  page: settingsSchema,
  window: v.nullable(bounds),
  recent: v.array(recentEntry),
});
type Document = v.InferOutput<typeof document>;

const EMPTY: Document = {
  version: VERSION,
  page: { theme: 'system', lookFirst: false, paintOver: 'everything' },
  window: null,
  recent: [],
};

/**
 * What the app remembers between starts, in `settings.json`. A damaged file counts as absent and is replaced; one
 * of a newer version is read as absent and never written over.
 */
export class SettingsFile {
  #document: Document = EMPTY;
  #isNewer = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(private readonly file: string) {
    const stored = readJson(file);
    const version = v.safeParse(v.object({ version: v.number() }), stored);
    this.#isNewer = version.success && version.output.version > VERSION;
    const parsed = v.safeParse(document, stored);
    if (parsed.success) this.#document = parsed.output;
  }

  get page(): Settings {
    return this.#document.page;
  }

  get window(): WindowBounds | null {
    return this.#document.window;
  }

  /** Newest first. */
  get recent(): readonly RecentEntry[] {
    return this.#document.recent;
  }

  setPage(page: Settings): Promise<void> {
    return this.#change({ page });
  }

  setWindow(window: WindowBounds): Promise<void> {
    return this.#change({ window });
  }

  /** Puts a project at the top of the list, once. */
  addRecent(entry: RecentEntry): Promise<void> {
    const others = this.#document.recent.filter(({ folder }) => folder !== entry.folder);
    return this.#change({ recent: [entry, ...others].slice(0, RECENT) });
  }

  removeRecent(folder: string): Promise<void> {
    return this.#change({ recent: this.#document.recent.filter((entry) => entry.folder !== folder) });
  }

  /** Resolves when everything is written, or could not be. */
  async settled(): Promise<void> {
    await this.#writing.catch(() => undefined);
  }

  #change(part: Partial<Document>): Promise<void> {
    this.#document = { ...this.#document, ...part };
    if (this.#isNewer) return Promise.resolve();
    const text = JSON.stringify(this.#document, null, 2);
    // One after the other, so that the last change is the one that stays.
    this.#writing = this.#writing.catch(() => undefined).then(() => writeFileAtomic(this.file, text));
    return this.#writing;
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
