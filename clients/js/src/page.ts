import type { Where } from "./encode.js";
import { listen } from "./listen.js";
import type { Parts } from "./source.js";

const MAX_PATH = 2_048;

/** What operators are shown of the page: its path, never its query, which may hold secrets, and whether it is seen. */
export const whereabouts = (): Where => {
  if (!globalThis.document) return {};
  return { page: location.pathname.slice(0, MAX_PATH), visible: !document.hidden };
};

/** Tells a client what becomes of the page and its network, where there is a page. Returns what ends that. */
export function watchPage({ session, source }: Parts): AbortController {
  const watch = new AbortController();
  const { signal } = watch;
  if (!globalThis.document) return watch;
  /** The page is shown, hidden or turned to. One that is hidden may not run again. */
  const turn = (): void => {
    source.look();
    if (document.hidden) session.save();
    else source.wake("visible");
  };
  listen(window, "online", () => source.wake("online"), signal);
  listen(window, "offline", () => session.probe(true), signal); // Or so the browser thinks.
  listen(window, "pagehide", () => source.suspend(), signal);
  listen(window, "pageshow", ({ persisted }) => persisted && source.connect(), signal);
  listen(document, "visibilitychange", turn, signal);
  // A laptop that wakes changes nothing about what is visible.
  listen(window, "focus", turn, signal);
  return watch;
}
