import type { Geometry } from '#src/imaging/geometry';
import { displayOrientation, sideLetters, type SideLetters } from '#src/imaging/orientation';
import { sliceLayout, type Plane } from '#src/imaging/slices';
import type { Samples } from '#src/imaging/volume';
import type { LabelMap } from '#src/masks/label-map';
import { BaseLayer, context2d, type DisplayWindow } from './base-layer';
import { SliceFrame, zoomAt, type Camera, type ViewportSize } from './camera';
import { MaskLayer, type MaskStyle } from './mask-layer';

/** The image that a view shows. */
export interface ViewSource {
  readonly samples: Samples;
  readonly geometry: Geometry;
  readonly invert: boolean;
}

/** What is drawn over the slice, in fractional voxel indices. */
export interface Overlay {
  crosshair: readonly [u: number, v: number] | null;
  brush: {
    readonly u: number;
    readonly v: number;
    readonly radiusMm: number;
    readonly colour: string;
  } | null;
  /** Vertices of an outline under way, and the place that its line goes on to. */
  outline: {
    readonly points: readonly (readonly [u: number, v: number])[];
    readonly next: readonly [u: number, v: number] | null;
    /** The vertex that is marked. */
    readonly marked: number | null;
    readonly colour: string;
  } | null;
}

const LETTER_COLOUR = '#ffd24a';
const CROSS_COLOUR = '#7fb2ff';

/**
 * One pane: a slice of a volume with masks over it, on a Canvas 2D. Knows nothing of a framework; redraws at most once
 * a frame, however often it is asked.
 */
export class SliceView {
  readonly frame: SliceFrame;
  readonly letters: SideLetters;
  readonly overlay: Overlay = { crosshair: null, brush: null, outline: null };
  readonly #context: CanvasRenderingContext2D;
  readonly #base: BaseLayer;
  readonly #observer: ResizeObserver;
  #layers: MaskLayer[] = [];
  #slice: number;
  #window: DisplayWindow;
  #camera: Camera | null = null;
  #frameRequest = 0;
  #reason: 'scroll' | 'dab' | null = null;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly source: ViewSource,
    readonly plane: Plane,
    window: DisplayWindow,
  ) {
    this.frame = new SliceFrame(source.geometry, plane, displayOrientation(source.geometry, plane));
    this.letters = sideLetters(source.geometry, plane, this.frame.orientation);
    this.#context = context2d(canvas, false);
    this.#base = new BaseLayer(source.samples, source.geometry.dims, plane, source.invert);
    this.#window = window;
    this.#slice = Math.floor((this.sliceCount - 1) / 2);
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(canvas);
    this.#resize();
  }

  get sliceCount(): number {
    return sliceLayout(this.source.geometry.dims, this.plane).count;
  }

  get slice(): number {
    return this.#slice;
  }

  set slice(slice: number) {
    const kept = Math.min(this.sliceCount - 1, Math.max(0, Math.round(slice)));
    if (kept === this.#slice) return;
    this.#slice = kept;
    this.render('scroll');
  }

  get window(): DisplayWindow {
    return this.#window;
  }

  set window(window: DisplayWindow) {
    this.#window = window;
    this.render();
  }

  get viewport(): ViewportSize {
    return { width: this.canvas.width, height: this.canvas.height };
  }

  get camera(): Camera {
    return this.#camera ?? this.frame.fit(this.viewport);
  }

  set camera(camera: Camera) {
    this.#camera = camera;
    this.render();
  }

  /** Shows the whole slice again, and goes on doing so when the pane changes size. */
  resetCamera(): void {
    this.#camera = null;
    this.render();
  }

  /** Device pixels for each CSS pixel. */
  get pixelRatio(): number {
    return devicePixelRatio || 1;
  }

  /** Puts masks over the image, the last one on top. */
  setMasks(masks: readonly { readonly map: LabelMap; readonly style: MaskStyle }[]): void {
    this.#layers.forEach((layer) => layer.dispose());
    this.#layers = masks.map(({ map, style }) => new MaskLayer(map, this.plane, style));
    this.render();
  }

  /** Fractional voxel index (u, v) under a pointer. */
  voxelAt(event: { readonly clientX: number; readonly clientY: number }): [u: number, v: number] {
    const [x, y] = this.pixelAt(event);
    return this.frame.toVoxel(x, y, this.camera, this.viewport);
  }

  /** Device pixel of the canvas under a pointer. */
  pixelAt(event: { readonly clientX: number; readonly clientY: number }): [x: number, y: number] {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * this.pixelRatio, (event.clientY - box.top) * this.pixelRatio];
  }

  zoomBy(factor: number, x: number, y: number): void {
    this.camera = zoomAt(this.frame, this.camera, this.viewport, x, y, factor);
  }

  panBy(dx: number, dy: number): void {
    const { centreX, centreY, zoom } = this.camera;
    this.camera = { zoom, centreX: centreX - dx / zoom, centreY: centreY - dy / zoom };
  }

  /** Asks for a redraw in the next frame; `reason` names the measurement that it counts for. */
  render(reason: 'scroll' | 'dab' | null = null): void {
    this.#reason = reason ?? this.#reason;
    if (this.#frameRequest !== 0) return;
    this.#frameRequest = requestAnimationFrame(() => {
      this.#frameRequest = 0;
      const started = performance.now();
      this.#draw();
      if (this.#reason !== null)
        performance.measure(this.#reason, { start: started, end: performance.now() });
      this.#reason = null;
    });
  }

  dispose(): void {
    cancelAnimationFrame(this.#frameRequest);
    this.#observer.disconnect();
    this.#layers.forEach((layer) => layer.dispose());
  }

  #resize(): void {
    const width = Math.max(1, Math.round(this.canvas.clientWidth * this.pixelRatio));
    const height = Math.max(1, Math.round(this.canvas.clientHeight * this.pixelRatio));
    if (width === this.canvas.width && height === this.canvas.height) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.render();
  }

  #draw(): void {
    const context = this.#context;
    const { width, height } = this.viewport;
    const transform = this.frame.transform(this.camera, this.viewport);
    this.#base.draw(this.#slice, this.#window);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = '#000';
    context.fillRect(0, 0, width, height);
    context.setTransform(...transform);
    context.imageSmoothingEnabled = true;
    context.drawImage(this.#base.canvas, 0, 0);
    for (const layer of this.#layers) layer.draw(context, this.#slice, transform, this.pixelRatio);
    this.#drawOverlay(context, transform);
    this.#drawLetters(context);
  }

  #drawOverlay(context: CanvasRenderingContext2D, [a, b, c, d, e, f]: readonly number[]): void {
    const place = (u: number, v: number) =>
      [
        (a ?? 0) * (u + 0.5) + (c ?? 0) * (v + 0.5) + (e ?? 0),
        (b ?? 0) * (u + 0.5) + (d ?? 0) * (v + 0.5) + (f ?? 0),
      ] as const;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.lineWidth = this.pixelRatio;
    const { crosshair, brush, outline } = this.overlay;
    if (crosshair !== null) {
      const [x, y] = place(...crosshair);
      context.strokeStyle = CROSS_COLOUR;
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, this.canvas.height);
      context.moveTo(0, y);
      context.lineTo(this.canvas.width, y);
      context.stroke();
    }
    if (brush !== null) {
      const [x, y] = place(brush.u, brush.v);
      const radius = brush.radiusMm * this.camera.zoom;
      // A dark ring under the coloured one keeps it visible on any image.
      for (const [colour, wider] of [
        ['#000000', 1],
        [brush.colour, 0],
      ] as const) {
        context.strokeStyle = colour;
        context.lineWidth = (1.5 + wider * 2) * this.pixelRatio;
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.stroke();
      }
    }
    if (outline !== null) this.#drawOutline(context, outline, place);
  }

  #drawOutline(
    context: CanvasRenderingContext2D,
    { points, next, marked, colour }: NonNullable<Overlay['outline']>,
    place: (u: number, v: number) => readonly [x: number, y: number],
  ): void {
    const ratio = this.pixelRatio;
    const corners = points.map(([u, v]) => place(u, v));
    const line = new Path2D();
    for (const [x, y] of next === null ? corners : [...corners, place(...next)]) line.lineTo(x, y);
    // The line that would close it is dashed: it is not drawn yet.
    const closing = new Path2D();
    for (const [x, y] of [next === null ? corners.at(-1) : place(...next), corners[0]].filter(
      (corner) => corner !== undefined,
    ))
      closing.lineTo(x, y);
    for (const [dark, width] of [
      [true, 3.5],
      [false, 1.5],
    ] as const) {
      context.strokeStyle = dark ? '#000000' : colour;
      context.lineWidth = width * ratio;
      context.stroke(line);
      context.setLineDash([4 * ratio, 4 * ratio]);
      context.stroke(closing);
      context.setLineDash([]);
    }
    corners.forEach(([x, y], n) => {
      // The first one is larger: a click on it accepts.
      const half = (n === 0 ? 4.5 : 3) * ratio;
      context.fillStyle = n === marked ? '#ffffff' : colour;
      context.strokeStyle = '#000000';
      context.lineWidth = ratio;
      context.fillRect(x - half, y - half, 2 * half, 2 * half);
      context.strokeRect(x - half, y - half, 2 * half, 2 * half);
    });
  }

  #drawLetters(context: CanvasRenderingContext2D): void {
    const { width, height } = this.viewport;
    const margin = 6 * this.pixelRatio;
    context.font = `${13 * this.pixelRatio}px sans-serif`;
    context.textBaseline = 'middle';
    const write = (text: string, x: number, y: number, align: CanvasTextAlign) => {
      context.textAlign = align;
      context.lineWidth = 3 * this.pixelRatio;
      context.strokeStyle = '#000000';
      context.strokeText(text, x, y);
      context.fillStyle = LETTER_COLOUR;
      context.fillText(text, x, y);
    };
    write(this.letters.left, margin, height / 2, 'left');
    write(this.letters.right, width - margin, height / 2, 'right');
    write(this.letters.top, width / 2, margin * 2, 'center');
    write(this.letters.bottom, width / 2, height - margin * 2, 'center');
  }
}
