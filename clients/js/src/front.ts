import { listen } from "./listen.js";
import { createTabLock } from "./lock.js";

export type Front = ReturnType<typeof createFront>;

/**
 * Whether this is the tab that the person looks at: of those that are visible, the one that was focused last; when that is
 * gone, the one that has been visible longest.
 *
 * @param changed called when `isHeld` is another than before
 */
export function createFront(name: string, changed: () => void) {
  const lock = createTabLock(name, changed);
  const stop = new AbortController();
  const { signal } = stop;

  const look = (): void => {
    const { isHeld } = lock;
    if (document.hidden) {
      lock.release();
      if (isHeld) changed();
    } else if (!isHeld) lock.want(document.hasFocus());
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
