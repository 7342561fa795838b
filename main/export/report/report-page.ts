import { html, Markup } from '../markup';
import { STYLE } from './style';

/** One headed part of a report. */
export function section(title: string, ...parts: readonly (Markup | readonly Markup[] | null)[]): Markup {
  return html`<section>
    <h2>${title}</h2>
    ${parts}
  </section>`;
}

/** The frame of every report: a single HTML document that loads nothing and runs nothing, for screen and paper. */
export function reportPage(options: {
  readonly project: string;
  readonly title: string;
  readonly note: string;
  readonly body: Markup;
}): string {
  const { project, title, note, body } = options;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <title>${title}</title>
        <style>
          ${new Markup(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <p class="eyebrow">Heldout report · ${project}</p>
            <h1>Has this segmentation model learned the anatomy, or only the patients it was trained on?</h1>
            <p class="note">${note}</p>
          </header>
          ${body}
        </main>
      </body>
    </html> `;
  return unbroken(page.text);
}

/** Keeps "n = 5", "95 %" and "±0.02" on one line. */
function unbroken(page: string): string {
  return page.replace(/\bn = (?=\d)/gu, 'n\u00a0=\u00a0').replace(/(\d) (?=%|mm\b|mL\b)/gu, '$1\u00a0');
}
