import { listen } from "../listen.js";

/** So far, in pixels, must a finger move for the toast to go. */
const FAR = 60;

/** From here on, in pixels, it is no tap with an unsteady hand. */
const BEGUN = 8;

/** Lets a finger, a pen or the mouse push an element away to either side. */
export function swipeable(element: HTMLElement, gone: () => void): void {
  let from: number | null = null;
  let moved = 0;

  const move = (distance: number): void => {
    moved = distance;
    element.style.translate = `${distance}px`;
  };

  listen(element, "pointerdown", ({ button, target, clientX }) => {
    if (button !== 0 || (target as Element).closest("button")) return;
    from = clientX;
    moved = 0;
  });
  listen(element, "pointermove", ({ clientX, pointerId }) => {
    if (from === null || (moved === 0 && Math.abs(clientX - from) < BEGUN)) return;
    if (moved === 0) element.setPointerCapture(pointerId);
    move(clientX - from);
  });
  listen(element, "pointerup", () => {
    from = null;
    if (Math.abs(moved) >= FAR) gone();
    else move(0);
  });
  listen(element, "pointercancel", () => {
    from = null;
    move(0);
  });
  // What ends a swipe on a link is no click on it.
  element.addEventListener("click", (event) => moved !== 0 && event.preventDefault(), true);
  listen(element, "dragstart", (event) => event.preventDefault());
}
