/** What is seen in this time, in milliseconds, is told at once. By then it is acknowledged, too. */
const INTERVAL = 1_000;

/** What was seen beyond this, while nothing could be told, is not told: the oldest is forgotten. */
const CAPACITY = 1_000;

/** Gathers what the person saw, so that it is told in few frames, and each notification once. */
export class Sights {
  readonly #tell: (ids: readonly string[]) => void;
  readonly #told = new Set<string>();
  #waiting = new Set<string>();
  #live = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param tell called with the ids of what was seen since its last call */
  constructor(tell: (ids: readonly string[]) => void) {
    this.#tell = tell;
  }

  /** These were seen now. What was seen before is not told again. */
  add(ids: readonly string[]): void {
    for (const id of ids) {
      if (this.#told.has(id)) continue;
      this.#waiting.add(id);
      forgetOldest(this.#waiting);
    }
    this.#plan();
  }

  /** There is a connection: what waits is told soon. */
  open(): void {
    this.#live = true;
    this.#plan();
  }

  /** The connection is gone: what is seen waits. */
  close(): void {
    this.#live = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Tells at once what waits, if anything does and there is a connection. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#live || this.#waiting.size === 0) return;
    const ids = [...this.#waiting];
    this.#waiting = new Set();
    for (const id of ids) {
      this.#told.add(id);
      forgetOldest(this.#told);
    }
    this.#tell(ids);
  }

  /** Forgets everything: someone else is signed in. */
  clear(): void {
    this.#waiting = new Set();
    this.#told.clear();
  }

  #plan(): void {
    if (this.#live && this.#waiting.size > 0) this.#timer ??= setTimeout(() => this.flush(), INTERVAL);
  }
}

function forgetOldest(ids: Set<string>): void {
  if (ids.size <= CAPACITY) return;
  const [oldest] = ids; // A set iterates in the order of insertion.
  if (oldest !== undefined) ids.delete(oldest);
}
