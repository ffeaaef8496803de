/** What the page tells a connection. Each is called at the event, without arguments. */
export interface PageListener {
  /** The network came back. */
  online(): void;
  /** The network went away, or so the browser thinks. */
  offline(): void;
  /** The page became visible. */
  visible(): void;
  /** The page is being hidden or left; it may not run again. */
  leaving(): void;
}

/** Listens to the page, where there is one. Returns the function that stops it. */
export function watchPage(listener: PageListener): () => void {
  if (typeof window === "undefined" || typeof document === "undefined") return () => {};
  const stop = new AbortController();
  const { signal } = stop;
  window.addEventListener("online", () => listener.online(), { signal });
  window.addEventListener("offline", () => listener.offline(), { signal });
  window.addEventListener("pagehide", () => listener.leaving(), { signal });
  document.addEventListener(
    "visibilitychange",
    () => (document.visibilityState === "visible" ? listener.visible() : listener.leaving()),
    { signal },
  );
  return () => stop.abort();
}
