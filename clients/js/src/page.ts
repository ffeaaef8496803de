import type { Where } from "./encode.js";

/** What the page tells a connection. Each is called at the event, without arguments. */
export interface PageListener {
  /** The network came back. */
  online(): void;
  /** The network went away, or so the browser thinks. */
  offline(): void;
  /** The page became visible, or was turned to: a laptop that wakes changes nothing about what is visible. */
  visible(): void;
  /** The page is being hidden or left; it may not run again. */
  leaving(): void;
  /** The page is left, perhaps to be returned to. */
  left(): void;
  /** The page was returned to, as it was. */
  returned(): void;
}

const MAX_PATH = 2_048;

/** What operators are shown of the page: its path, never its query, which may hold secrets, and whether it is seen. */
export function whereabouts(): Where {
  return {
    ...(typeof location === "undefined" ? {} : { page: location.pathname.slice(0, MAX_PATH) }),
    ...(typeof document === "undefined" ? {} : { visible: document.visibilityState === "visible" }),
  };
}

/** Listens to the page, where there is one. Returns the function that stops it. */
export function watchPage(listener: PageListener): () => void {
  if (typeof window === "undefined" || typeof document === "undefined") return () => {};
  const stop = new AbortController();
  const { signal } = stop;
  window.addEventListener("online", () => listener.online(), { signal });
  window.addEventListener("offline", () => listener.offline(), { signal });
  window.addEventListener("focus", () => listener.visible(), { signal });
  window.addEventListener(
    "pagehide",
    () => {
      listener.leaving();
      listener.left();
    },
    { signal },
  );
  window.addEventListener("pageshow", ({ persisted }) => persisted && listener.returned(), { signal });
  document.addEventListener(
    "visibilitychange",
    () => (document.visibilityState === "visible" ? listener.visible() : listener.leaving()),
    { signal },
  );
  return () => stop.abort();
}
