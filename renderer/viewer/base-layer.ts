import type { Dims } from '#src/imaging/geometry';
import { sliceLayout, type Plane } from '#src/imaging/slices';
import type { Samples } from '#src/imaging/volume';

/** Display window: samples at or below `low` are black, at or above `high` white. */
export interface DisplayWindow {
  readonly low: number;
  readonly high: number;
}

/** Grey pixels of one slice, drawn once for each slice and window. */
export class BaseLayer {
  readonly canvas = document.createElement('canvas');
  readonly #context: CanvasRenderingContext2D;
  readonly #image: ImageData;
  readonly #pixels: Uint32Array;
  #drawn = '';

  constructor(
    readonly samples: Samples,
    readonly dims: Dims,
    readonly plane: Plane,
    readonly invert: boolean,
  ) {
    const { width, height } = sliceLayout(dims, plane);
    this.canvas.width = width;
    this.canvas.height = height;
    this.#context = context2d(this.canvas);
    this.#image = this.#context.createImageData(width, height);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
  }

  draw(slice: number, { low, high }: DisplayWindow): void {
    const key = `${slice}/${low}/${high}`;
    if (key === this.#drawn) return;
    this.#drawn = key;
    const { width, height, strideU, strideV, strideW } = sliceLayout(this.dims, this.plane);
    const scale = 255 / Math.max(1e-9, high - low);
    const { samples } = this;
    const pixels = this.#pixels;
    const flip = this.invert ? 255 : 0;
    for (let v = 0, to = 0; v < height; v += 1) {
      let from = slice * strideW + v * strideV;
      for (let u = 0; u < width; u += 1, to += 1, from += strideU) {
        const value = ((samples[from] ?? 0) - low) * scale;
        const grey = (value <= 0 ? 0 : value >= 255 ? 255 : value | 0) ^ flip;
        pixels[to] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
      }
    }
    this.#context.putImageData(this.#image, 0, 0);
  }
}

/**
 * A 2-D context whose pixels stay in main memory: without a GPU (and with software GL) uploads cost more than drawing.
 */
export function context2d(canvas: HTMLCanvasElement, alpha = true): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha });
  if (context === null) throw new Error('the page has no 2-D canvas');
  return context;
}
