import type { Box, LabelMap } from '#src/masks/label-map';
import { sliceLayout, type Plane } from '#src/imaging/slices';
import { context2d } from './base-layer';
import type { Transform } from './camera';
import type { Palette } from './palette';

/** How a mask is drawn over the image. */
export interface MaskStyle {
  palette: Palette;
  /** 0 to 1; 0 draws no filling. */
  fill: number;
  /** Width of the outline in CSS pixels; 0 draws none. */
  outline: number;
  visible: boolean;
}

/** Filling and outlines of the labels of one slice; a stroke redraws only the box that it touched. */
export class MaskLayer {
  readonly #canvas = document.createElement('canvas');
  readonly #context: CanvasRenderingContext2D;
  readonly #image: ImageData;
  readonly #pixels: Uint32Array;
  readonly #stop: () => void;
  #filled = '';
  #slice = -1;
  #paths: readonly (readonly [label: number, path: Path2D])[] = [];
  #traced = '';

  constructor(
    readonly map: LabelMap,
    readonly plane: Plane,
    readonly style: MaskStyle,
  ) {
    const { width, height } = sliceLayout(map.dims, plane);
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#context = context2d(this.#canvas);
    this.#image = this.#context.createImageData(width, height);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
    this.#stop = map.onChange((box) => this.#refresh(box));
  }

  /** Draws the slice onto `target` under `transform` (voxel edges to device pixels). */
  draw(target: CanvasRenderingContext2D, slice: number, transform: Transform, pixelRatio: number): void {
    const { fill, outline, visible, palette } = this.style;
    if (!visible) return;
    const key = `${slice}/${this.map.version}`;
    if (fill > 0) {
      if (this.#filled !== key || this.#slice !== slice) this.#fill(slice, 0, Infinity, 0, Infinity);
      this.#filled = key;
      this.#slice = slice;
      target.setTransform(...transform);
      target.imageSmoothingEnabled = false;
      target.globalAlpha = fill;
      target.drawImage(this.#canvas, 0, 0);
      target.globalAlpha = 1;
    }
    if (outline > 0) this.#stroke(target, slice, key, transform, outline * pixelRatio, palette);
  }

  dispose(): void {
    this.#stop();
  }

  #refresh(box: Box): void {
    const { u, v, w } = sliceLayout(this.map.dims, this.plane);
    if (this.#slice < box.min[w] || this.#slice > box.max[w]) {
      // Nothing of the shown slice changed, so its pixels are still right under the new version.
      if (this.#slice >= 0) this.#filled = `${this.#slice}/${this.map.version}`;
      return;
    }
    this.#fill(this.#slice, box.min[u], box.max[u], box.min[v], box.max[v]);
    this.#filled = `${this.#slice}/${this.map.version}`;
  }

  #fill(slice: number, fromU: number, toU: number, fromV: number, toV: number): void {
    const { width, height, strideU, strideV, strideW } = sliceLayout(this.map.dims, this.plane);
    const { labels } = this.map;
    const { pixels: colours } = this.style.palette;
    const [u0, u1] = [Math.max(0, fromU), Math.min(width - 1, toU)];
    const [v0, v1] = [Math.max(0, fromV), Math.min(height - 1, toV)];
    for (let v = v0; v <= v1; v += 1) {
      let from = slice * strideW + v * strideV + u0 * strideU;
      for (let u = u0, to = v * width + u0; u <= u1; u += 1, to += 1, from += strideU)
        this.#pixels[to] = colours[labels[from] ?? 0] ?? 0;
    }
    this.#context.putImageData(this.#image, 0, 0, u0, v0, u1 - u0 + 1, v1 - v0 + 1);
  }

  #stroke(
    target: CanvasRenderingContext2D,
    slice: number,
    key: string,
    transform: Transform,
    width: number,
    palette: Palette,
  ): void {
    if (this.#traced !== key) {
      this.#traced = key;
      this.#paths = [...this.map.outline(this.plane, slice)].map(([label, edges]) => {
        const path = new Path2D();
        for (let at = 0; at + 3 < edges.length; at += 4) {
          path.moveTo(edges[at] ?? 0, edges[at + 1] ?? 0);
          path.lineTo(edges[at + 2] ?? 0, edges[at + 3] ?? 0);
        }
        return [label, path] as const;
      });
    }
    // The path is transformed rather than the canvas, so that the line has the same width across and down.
    const matrix = new DOMMatrix([...transform]);
    target.setTransform(1, 0, 0, 1, 0, 0);
    target.lineWidth = width;
    target.lineCap = 'square';
    for (const [label, path] of this.#paths) {
      const onScreen = new Path2D();
      onScreen.addPath(path, matrix);
      target.strokeStyle = palette.css[label] ?? '#999999';
      target.stroke(onScreen);
    }
  }
}
