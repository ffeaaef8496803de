/** Between the panel and the bell, and the edges of the window, in pixels. */
const GAP = 8;

/** Puts a fixed panel below its button, or above where there is more room, and within the window; a small window it fills. */
export function place(panel: HTMLElement, button: HTMLElement): void {
  const { innerWidth: width, innerHeight: height } = window;
  const at = button.getBoundingClientRect();
  const { width: wide } = panel.getBoundingClientRect();
  const [above, below] = [at.top - 2 * GAP, height - at.bottom - 2 * GAP];
  const isAbove = below < 320 && above > below;
  const isStart = getComputedStyle(button).direction === "ltr" ? at.left + at.right < width : at.right < wide;
  const left = isStart ? at.left : at.right - wide;
  const { style } = panel;
  style.setProperty("--_left", `${Math.max(GAP, Math.min(left, width - wide - GAP))}px`);
  style.setProperty("--_top", isAbove ? "auto" : `${at.bottom + GAP}px`);
  style.setProperty("--_bottom", isAbove ? `${height - at.top + GAP}px` : "auto");
  style.setProperty("--_room", `${isAbove ? above : below}px`);
}
