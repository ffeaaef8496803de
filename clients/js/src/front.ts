import { TabLock } from "./lock.js";

/** Whether this is the tab that the person looks at: of those that are visible, the one that was focused last. */
export class Front {
  readonly #lock: TabLock;
  readonly #changed: () => void;
  readonly #channel: BroadcastChannel;
  /** When this tab was focused last, in Unix milliseconds. */
  #focused = 0;
  #stop: AbortController | null = null;

  /** @param changed called when `held` is another than before */
  constructor(name: string, changed: () => void) {
    this.#changed = changed;
    this.#channel = new BroadcastChannel(name);
    // The lock goes to who waits longest. Whoever was looked at later than that tab takes it from there.
    this.#channel.onmessage = ({ data }) => {
      if (!document.hidden && this.#focused > data) this.#lock.want(true);
    };
    this.#lock = new TabLock(name, (held) => {
      if (held) this.#channel.postMessage(this.#focused);
      changed();
    });
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
    this.#channel.close();
    this.#lock.release();
  }

  #look(): void {
    if (document.hidden) {
      const wasHeld = this.held;
      this.#lock.release();
      if (wasHeld) this.#changed();
      return;
    }
    const isFocused = document.hasFocus();
    if (isFocused) this.#focused = Date.now();
    if (!this.held) this.#lock.want(isFocused);
  }
}
