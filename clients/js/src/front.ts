import { listen } from "./listen.js";
import { createTabLock } from "./lock.js";

export type Front = ReturnType<typeof createFront>;

/**
 * Whether this is the tab that the person looks at: of those that are visible, the one that was focused last.
 *
 * @param changed called when `isHeld` is another than before
 */
export function createFront(name: string, changed: () => void) {
  const lock = createTabLock(name, changed);
  const stop = new AbortController();
  const { signal } = stop;

  const look = (): void => {
    const { isHeld } = lock;
    if (document.visibilityState === "visible") {
      if (!isHeld) lock.want(document.hasFocus());
    } else {
      lock.release();
      if (isHeld) changed();
    }
  };
  listen(window, "focus", look, signal);
  listen(document, "visibilitychange", look, signal);
  look();

  return {
    get isHeld() {
      return lock.isHeld;
    },

    /** This tab is none of them any more. */
    leave(): void {
      stop.abort();
      lock.release();
    },
  };
}
