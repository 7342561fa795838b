import { html, type Markup } from '../markup';
import { greyPng } from '../png';
import { decimal } from './numbers';
import type { SlicePicture, WorstScan } from './report-data';
import { outlinePath } from './slice-picture';

/** The worst held-out patients: image beside image with both outlines. */
export function worstSection(worst: readonly WorstScan[]): Markup {
  if (worst.length === 0) return html`<p>There is no held-out scan with a defined score.</p>`;
  return html`<p class="key">
      <span class="line reference"></span>reference <span class="line prediction"></span>prediction
    </p>
    <div class="worst">
      ${worst.map((scan, index) => {
        const place = `slice ${scan.slice + 1} of ${scan.slices}`;
        return html`<figure>
          <div class="pair">
            ${picture(`worst-${index}-image`, scan.picture, `Image of ${scan.scan}, ${place}`, false)}${picture(`worst-${index}-outlines`, scan.picture, `The same slice with the outlines of reference (white) and prediction (orange, dashed); ${scan.wrongVoxels} voxels differ`, true)}
          </div>
          <figcaption>
            <strong>${scan.patient}</strong>, scan
            ${scan.scan}${scan.phase === null ? '' : ` (${scan.phase})`}: Dice ${decimal(scan.dice)} over the
            whole scan (n = 1 scan). Shown: ${place}, the one with most wrong voxels
            (${String(scan.wrongVoxels)}).
          </figcaption>
        </figure>`;
      })}
    </div>`;
}

function picture(id: string, slice: SlicePicture, title: string, outlined: boolean): Markup {
  const { width, height, pixel, grey } = slice;
  const data = greyPng(width, height, grey).toString('base64');
  const outline = (labels: Uint8Array, className: string) => {
    const d = outlinePath(labels, width, height);
    return html`<path d="${d}" class="halo" /><path d="${d}" class="${className}" />`;
  };
  return html`<svg
    viewBox="0 0 ${width} ${height}"
    style="aspect-ratio:${width * pixel[0]}/${height * pixel[1]}"
    preserveAspectRatio="none"
    role="img"
    aria-labelledby="${id}"
  >
    <title id="${id}">${title}</title>
    <image
      width="${width}"
      height="${height}"
      preserveAspectRatio="none"
      href="data:image/png;base64,${data}"
    />
    ${outlined ? [outline(slice.reference, 'reference'), outline(slice.prediction, 'prediction')] : null}
  </svg>`;
}
