import { describe, expect, it } from 'vitest';
import { escaped, html } from './markup';

describe('markup', () => {
  it('escapes what is put in, and only that', () => {
    const name = `"><script>alert('x & y')</script>`;
    expect(html`<p title="${name}">${name}</p>`.text).toBe(
      `<p title="${escaped(name)}">&quot;&gt;&lt;script&gt;alert(&#39;x &amp; y&#39;)&lt;/script&gt;</p>`,
    );
  });

  it('keeps markup, joins lists, leaves out null and rounds numbers to what an SVG needs', () => {
    expect(html`<b>${[1, 2].map((n) => html`<i>${n / 3}</i>`)}${null}</b>`.text).toBe(
      '<b><i>0.333</i><i>0.667</i></b>',
    );
  });

  it('drops control characters, which XML forbids', () => {
    expect(escaped('a\u0000b\u0008c\nd')).toBe('abc\nd');
  });
});
