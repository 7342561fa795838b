import type { DisplayWindow } from './base-layer';
import type { SliceView } from './slice-view';

/** What the shared gestures of every pane do. Buttons: 1 is the middle one, 2 the right one. */
export interface GestureHandlers {
  /** Wheel without keys: one slice up or down. */
  scroll(steps: number): void;
  /** Shift and wheel; absent where there is no brush. */
  brushSize?(steps: number): void;
  windowChanged(window: DisplayWindow): void;
  cameraChanged(): void;
  /** Whether the key for windowing is held. */
  isWindowing(): boolean;
}

/**
 * Wheel for slices, right drag for zoom, middle drag for panning, W and drag for the window. The left button without a
 * key is left to the caller.
 *
 * @returns how to take the listeners away
 */
export function attachGestures(view: SliceView, handlers: GestureHandlers): () => void {
  const { canvas } = view;
  const aborter = new AbortController();
  const { signal } = aborter;
  let drag: { kind: 'zoom' | 'pan' | 'window'; x: number; y: number; startX: number; startY: number } | null =
    null;
  let wheelRest = 0;

  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      // Touchpads send many small deltas: they add up to whole steps. Shift turns the wheel sideways on some systems.
      wheelRest += (event.deltaY || event.deltaX) / (event.deltaMode === 0 ? 60 : 1);
      const steps = Math.trunc(wheelRest);
      if (steps === 0) return;
      wheelRest -= steps;
      const step = Math.sign(steps);
      if (event.shiftKey && handlers.brushSize !== undefined) handlers.brushSize(-step);
      else handlers.scroll(step);
    },
    { signal, passive: false },
  );
  canvas.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
  canvas.addEventListener(
    'pointerdown',
    (event) => {
      const isWindowing = event.button === 0 && handlers.isWindowing();
      const kind = isWindowing ? 'window' : event.button === 2 ? 'zoom' : event.button === 1 ? 'pan' : null;
      if (kind === null) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      const [startX, startY] = view.pixelAt(event);
      drag = { kind, x: event.clientX, y: event.clientY, startX, startY };
    },
    { signal },
  );
  canvas.addEventListener(
    'pointermove',
    (event) => {
      if (drag === null) return;
      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
      drag.x = event.clientX;
      drag.y = event.clientY;
      if (drag.kind === 'window') {
        const { low, high } = view.window;
        const width = Math.max(1e-6, (high - low) * Math.exp(dx / 200));
        const centre = (low + high) / 2 - (dy / 300) * (high - low);
        handlers.windowChanged({ low: centre - width / 2, high: centre + width / 2 });
        return;
      }
      if (drag.kind === 'zoom') view.zoomBy(Math.exp(-dy / 150), drag.startX, drag.startY);
      else view.panBy(dx * view.pixelRatio, dy * view.pixelRatio);
      handlers.cameraChanged();
    },
    { signal },
  );
  const end = () => {
    drag = null;
  };
  canvas.addEventListener('pointerup', end, { signal });
  canvas.addEventListener('pointercancel', end, { signal });
  return () => aborter.abort();
}
