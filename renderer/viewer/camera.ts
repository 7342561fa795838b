import { spacingOf, type Geometry } from '#src/imaging/geometry';
import type { DisplayOrientation } from '#src/imaging/orientation';
import { sliceLayout, type Plane } from '#src/imaging/slices';

/** What part of a slice is seen: a centre in millimetres of the displayed slice and pixels per millimetre. */
export interface Camera {
  readonly centreX: number;
  readonly centreY: number;
  readonly zoom: number;
}

/** Size of a viewport in device pixels. */
export interface ViewportSize {
  readonly width: number;
  readonly height: number;
}

/** [a, b, c, d, e, f] of a canvas transform. */
export type Transform = readonly [number, number, number, number, number, number];

/** The geometry of a plane on the screen: millimetres across and down, and how voxels map to them. */
export class SliceFrame {
  readonly widthMm: number;
  readonly heightMm: number;
  readonly #du: number;
  readonly #dv: number;
  readonly #nu: number;
  readonly #nv: number;

  constructor(
    geometry: Geometry,
    readonly plane: Plane,
    readonly orientation: DisplayOrientation,
  ) {
    const layout = sliceLayout(geometry.dims, plane);
    const spacing = spacingOf(geometry);
    this.#du = spacing[layout.u];
    this.#dv = spacing[layout.v];
    this.#nu = layout.width;
    this.#nv = layout.height;
    const [width, height] = [this.#nu * this.#du, this.#nv * this.#dv];
    this.widthMm = orientation.transpose ? height : width;
    this.heightMm = orientation.transpose ? width : height;
  }

  /** The camera that shows the whole slice. */
  fit(viewport: ViewportSize): Camera {
    const zoom = Math.min(viewport.width / this.widthMm, viewport.height / this.heightMm);
    return { centreX: this.widthMm / 2, centreY: this.heightMm / 2, zoom: zoom > 0 ? zoom : 1 };
  }

  /** From voxel-edge coordinates (u, v) of the slice, voxel (0, 0) spanning 0 to 1, to device pixels. */
  transform(camera: Camera, viewport: ViewportSize): Transform {
    const { transpose, flipX, flipY } = this.orientation;
    const signX = flipX ? -1 : 1;
    const signY = flipY ? -1 : 1;
    const startX = ((flipX ? this.widthMm : 0) - camera.centreX) * camera.zoom + viewport.width / 2;
    const startY = ((flipY ? this.heightMm : 0) - camera.centreY) * camera.zoom + viewport.height / 2;
    const [u, v] = [this.#du * camera.zoom, this.#dv * camera.zoom];
    return transpose
      ? [0, signY * u, signX * v, 0, startX, startY]
      : [signX * u, 0, 0, signY * v, startX, startY];
  }

  /** Fractional voxel index (u, v) at a device pixel; the centre of voxel (0, 0) is (0, 0). */
  toVoxel(x: number, y: number, camera: Camera, viewport: ViewportSize): [u: number, v: number] {
    const [a, b, c, d, e, f] = this.transform(camera, viewport);
    const determinant = a * d - b * c;
    const [px, py] = [x - e, y - f];
    return [(d * px - c * py) / determinant - 0.5, (a * py - b * px) / determinant - 0.5];
  }

  /** Millimetres of the displayed slice at a device pixel. */
  toMm(x: number, y: number, camera: Camera, viewport: ViewportSize): [x: number, y: number] {
    return [
      (x - viewport.width / 2) / camera.zoom + camera.centreX,
      (y - viewport.height / 2) / camera.zoom + camera.centreY,
    ];
  }
}

/** Zooms by `factor` and keeps the point under (x, y) where it is. */
export function zoomAt(
  frame: SliceFrame,
  camera: Camera,
  viewport: ViewportSize,
  x: number,
  y: number,
  factor: number,
): Camera {
  const zoom = Math.min(400, Math.max(0.05, camera.zoom * factor));
  const [mmX, mmY] = frame.toMm(x, y, camera, viewport);
  return {
    zoom,
    centreX: mmX - (x - viewport.width / 2) / zoom,
    centreY: mmY - (y - viewport.height / 2) / zoom,
  };
}
