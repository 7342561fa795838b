/** How long to wait where nothing is painted, as in a hidden window (ms). */
const HIDDEN = 250;

/** Resolves once what was changed until now is on the screen; in a hidden window soon, too. */
export function afterPaint(): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, HIDDEN);
    // The first frame draws, the second one shows that it was drawn.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        clearTimeout(late);
        resolve();
      }),
    );
  });
}
