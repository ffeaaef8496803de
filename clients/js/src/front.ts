import { listen } from "./listen.js";
import { createTabLock } from "./lock.js";

export type Front = ReturnType<typeof createFront>;

/**
 * Whether this is the tab that the person looks at: of those that are visible, the one that was focused last.
 *
 * @param changed called when `isHeld` is another than before
 */
export function createFront(name: string, changed: () => void) {
  /** When this tab was focused last, in Unix milliseconds. */
  let focused = 0;
  const channel = new BroadcastChannel(name);
  const lock = createTabLock(name, (isHeld) => {
    if (isHeld) channel.postMessage(focused);
    changed();
  });
  // The lock goes to who waits longest. Whoever was looked at later than that tab takes it from there.
  channel.onmessage = ({ data }) => {
    if (!document.hidden && focused > data) lock.want(true);
  };
  const stop = new AbortController();
  const { signal } = stop;

  const look = (): void => {
    const { isHeld } = lock;
    const isFocused = document.hasFocus();
    if (document.hidden) {
      lock.release();
      if (isHeld) changed();
    } else {
      if (isFocused) focused = Date.now();
      if (!isHeld) lock.want(isFocused);
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
      channel.close();
      lock.release();
    },
  };
}
