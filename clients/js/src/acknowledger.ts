/** At most one acknowledgement in this time, in milliseconds: ten a second, where the server allows 20 frames. */
const INTERVAL = 100;

/** So many handled entries are not made to wait for the timer, which hidden pages run only once a second. */
const BATCH = 100;

/** Gathers handled entries into few, cumulative acknowledgements. */
export class Acknowledger {
  readonly #acknowledge: (handled: ReadonlyMap<string, number>) => void;
  #handled = new Map<string, number>();
  #count = 0;
  #last = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param acknowledge called with the newest handled `seq` of each stream since its last call */
  constructor(acknowledge: (handled: ReadonlyMap<string, number>) => void) {
    this.#acknowledge = acknowledge;
  }

  handled(stream: string, seq: number): void {
    this.#handled.set(stream, seq);
    this.#count += 1;
    // A clock that was set back must not hold the acknowledgement up.
    const elapsed = Math.abs(Date.now() - this.#last);
    if (this.#count >= BATCH && elapsed >= INTERVAL) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), INTERVAL);
  }

  /** Acknowledges at once what was handled, if anything was. */
  flush(): void {
    if (this.#handled.size === 0) return;
    const handled = this.#handled;
    this.clear();
    this.#last = Date.now();
    this.#acknowledge(handled);
  }

  /** Forgets what was not acknowledged: its connection is gone. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#handled = new Map();
    this.#count = 0;
  }
}
