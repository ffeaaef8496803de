/** Between the panel and the bell, and the edges of the window, in pixels. */
const GAP = 8;

/** Less room than this below the bell, in pixels, is worth a look at the room above. */
const LITTLE = 320;

/** Puts a fixed panel below its button, or above where there is more room, towards the middle of the window and within it. */
export function place({ style, offsetWidth }: HTMLElement, button: HTMLElement): void {
  const { left, right, top, bottom } = button.getBoundingClientRect();
  const below = innerHeight - bottom;
  const isAbove = below < Math.min(LITTLE, top);
  const start = left + right < innerWidth ? left : right - offsetWidth;
  const x = Math.max(GAP, Math.min(start, innerWidth - offsetWidth - GAP));
  style.inset = isAbove ? `auto auto ${innerHeight - top + GAP}px ${x}px` : `${bottom + GAP}px auto auto ${x}px`;
  style.setProperty("--_room", `${(isAbove ? top : below) - 2 * GAP}px`);
}
