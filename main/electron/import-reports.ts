import type { ImportSummary, LeftOutPage, LeftOutQuery } from '#src/contracts/channels';
import type { ImportDocument, LeftOut } from '#src/contracts/documents/import';
import { HeldoutError } from '#src/contracts/failure';
import { selectLeftOut, summaryOf } from '#main/operations/left-out';
import type { Registry } from '#main/store/registry';

/** What an import was asked to take in, as far as the same can be asked again. */
export interface ImportSource {
  readonly paths: readonly string[];
  /** Question id to answer. */
  readonly answers: Readonly<Record<string, string>>;
}

interface Report {
  readonly importId: number;
  readonly at: string;
  readonly document: ImportDocument;
}

/**
 * Reports of the open project's imports as the page asks for them, in pages. Looks, which write nothing, live here only,
 * with negative ids; what was imported is remembered while the window lives.
 */
export class ImportReports {
  readonly #sources = new Map<number, ImportSource>();
  #look: Report | null = null;
  #looks = 0;
  /** The report and the selection that were asked for last: a table asks for many pages of one. */
  #open: Report | null = null;
  #selected: { readonly key: string; readonly entries: readonly LeftOut[] } | null = null;

  /** Takes in a report that has just been made. `importId` is null for a look. */
  add(importId: number | null, document: ImportDocument, source: ImportSource): ImportSummary {
    const report = { importId: importId ?? --this.#looks, at: new Date().toISOString(), document };
    if (importId === null) this.#look = report;
    this.#sources.set(report.importId, source);
    this.#opened(report);
    return this.#summary(report);
  }

  /** @throws HeldoutError `not-found` */
  show(registry: Registry, importId: number): ImportSummary {
    return this.#summary(this.#report(registry, importId));
  }

  /** @throws HeldoutError `not-found` */
  page(registry: Registry, query: LeftOutQuery, offset: number, count: number): LeftOutPage {
    const entries = this.selected(registry, query);
    return { total: entries.length, rows: entries.slice(offset, offset + count) };
  }

  /** All that a query means. @throws HeldoutError `not-found` */
  selected(registry: Registry, query: LeftOutQuery): readonly LeftOut[] {
    const { document } = this.#report(registry, query.importId);
    const key = JSON.stringify(query);
    if (this.#selected?.key !== key)
      this.#selected = { key, entries: selectLeftOut(document.leftOut, query) };
    return this.#selected.entries;
  }

  /** @throws HeldoutError `not-found` when the window that imported it is gone */
  source(importId: number): ImportSource {
    const source = this.#sources.get(importId);
    if (source === undefined)
      throw new HeldoutError(
        'not-found',
        'This import is from an earlier session: drop the same folder again, then answer its questions.',
      );
    return source;
  }

  /** The project is closed. */
  forget(): void {
    this.#sources.clear();
    this.#look = null;
    this.#open = null;
    this.#selected = null;
  }

  #report(registry: Registry, importId: number): Report {
    if (this.#open?.importId === importId) return this.#open;
    if (this.#look?.importId === importId) return this.#opened(this.#look);
    const entry = registry.imports().find((stored) => stored.importId === importId);
    if (entry === undefined)
      throw new HeldoutError(
        'not-found',
        'This import is not in the project: open another one from the list.',
      );
    return this.#opened({ ...entry, document: registry.importReport(importId) });
  }

  #opened(report: Report): Report {
    this.#open = report;
    this.#selected = null;
    return report;
  }

  #summary({ importId, at, document }: Report): ImportSummary {
    return summaryOf(document, {
      ...{ importId, at },
      isLook: importId < 0,
      canRepeat: this.#sources.has(importId),
    });
  }
}
