import { TabLock } from "./lock.js";

/** Whether this is the tab that the person looks at: of those that are visible, the one that was focused last. */
export class Front {
  readonly #lock: TabLock;
  readonly #changed: () => void;
  #stop: AbortController | null = null;

  /** @param changed called when `held` is another than before */
  constructor(name: string, changed: () => void) {
    this.#changed = changed;
    this.#lock = new TabLock(name, changed);
  }

  get held(): boolean {
    return this.#lock.held;
  }

  enter(): void {
    const stop = new AbortController();
    this.#stop = stop;
    const look = (): void => this.#look();
    window.addEventListener("focus", look, { signal: stop.signal });
    document.addEventListener("visibilitychange", look, { signal: stop.signal });
    look();
  }

  leave(): void {
    this.#stop?.abort();
    this.#stop = null;
    this.#lock.release();
  }

  #look(): void {
    if (document.visibilityState !== "visible") {
      const wasHeld = this.held;
      this.#lock.release();
      if (wasHeld) this.#changed();
    } else if (!this.held) {
      this.#lock.want(document.hasFocus());
    }
  }
}
