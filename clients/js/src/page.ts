import type { Where } from "./encode.js";
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
  const on = (target: EventTarget, type: string, listener: (event: any) => void): void =>
    target.addEventListener(type, listener, { signal });
  /** The page is being hidden or left; it may not run again. */
  const leave = (): void => {
    session.save();
    source.look();
  };
  on(window, "online", () => source.wake("online"));
  on(window, "offline", () => session.probe(true)); // Or so the browser thinks.
  on(window, "pagehide", () => {
    leave();
    source.suspend();
  });
  on(window, "pageshow", ({ persisted }) => persisted && source.connect());
  on(document, "visibilitychange", () => {
    if (!isVisible()) return leave();
    source.look();
    source.wake("visible");
  });
}
