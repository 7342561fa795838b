import { html, type Markup } from '../markup';

/** A figure: SVG with a title and a description for those who hear it, and a caption for all. */
export function figure(options: {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly body: readonly Markup[];
  readonly caption: Markup | string;
  readonly className?: string;
}): Markup {
  const { id, title, description, width, height, body, caption } = options;
  return html`<figure class="${options.className ?? 'plot'}">
    <svg
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-labelledby="${id}-title ${id}-description"
      style="max-width:${width}px"
    >
      <title id="${id}-title">${title}</title>
      <desc id="${id}-description">${description}</desc>
      ${body}
    </svg>
    <figcaption>${caption}</figcaption>
  </figure>`;
}

/** Text in a figure; `anchor` as in SVG. */
export function label(
  x: number,
  y: number,
  text: string,
  className = 'tick',
  anchor: 'start' | 'middle' | 'end' = 'start',
): Markup {
  return html`<text x="${x}" y="${y}" class="${className}" text-anchor="${anchor}">${text}</text>`;
}

/** A straight line. */
export function rule(x1: number, y1: number, x2: number, y2: number, className: string): Markup {
  return html`<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" class="${className}" />`;
}

/** The mark of a held-out patient (disc) or of a seen one (diamond): told apart without colour too. */
export function mark(side: 'seen' | 'heldOut', x: number, y: number, tip: string, size = 5): Markup {
  return side === 'heldOut'
    ? html`<circle cx="${x}" cy="${y}" r="${size}" class="held"><title>${tip}</title></circle>`
    : html`<path
        d="M${x} ${y - size * 1.25}L${x + size * 1.25} ${y}L${x} ${y + size * 1.25}L${x - size * 1.25} ${y}Z"
        class="seen"
        ><title>${tip}</title></path
      >`;
}

/** The key of the two marks. */
export function sidesKey(x: number, y: number, seen: string, heldOut: string): Markup[] {
  return [
    mark('heldOut', x, y - 4, heldOut),
    label(x + 11, y, heldOut, 'key'),
    mark('seen', x + 30 + heldOut.length * 6.4, y - 4, seen),
    label(x + 41 + heldOut.length * 6.4, y, seen, 'key'),
  ];
}
