import type { Where } from "./encode.js";
import { listen } from "./listen.js";
import type { Parts } from "./source.js";

const MAX_PATH = 2_048;

const isVisible = (): boolean => document.visibilityState === "visible";

/** What operators are shown of the page: its path, never its query, which may hold secrets, and whether it is seen. */
export function whereabouts(): Where {
  if (!globalThis.document) return {};
  return { page: location.pathname.slice(0, MAX_PATH), visible: isVisible() };
}

/** Tells a client, until the signal, what becomes of the page and its network, where there is a page. */
export function watchPage({ session, source }: Parts, signal: AbortSignal): void {
  if (!globalThis.document) return;
  /** The page is shown, hidden or turned to. One that is hidden may not run again. */
  const turn = (): void => {
    source.look();
    if (isVisible()) source.wake("visible");
    else session.save();
  };
  listen(window, "online", () => source.wake("online"), signal);
  listen(window, "offline", () => session.probe(true), signal); // Or so the browser thinks.
  listen(window, "pagehide", () => source.suspend(), signal);
  listen(window, "pageshow", ({ persisted }) => persisted && source.connect(), signal);
  listen(document, "visibilitychange", turn, signal);
  // A laptop that wakes changes nothing about what is visible.
  listen(window, "focus", turn, signal);
}
