/** How long a pong may take, in milliseconds. */
const PATIENCE = 10_000;

/** How long it may take when there is reason to doubt the connection, in milliseconds. */
const SHORT_PATIENCE = 3_000;

/**
 * Finds connections that are dead without having been closed: after sleep, behind a router that forgot, in a
 * tunnel. It goes by the wall clock, for timers stand still while a laptop sleeps and the clock does not.
 */
export class Watchdog {
  readonly #ping: () => void;
  readonly #dead: () => void;
  #interval = 0;
  #heard = 0;
  #pinged = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param ping sends a ping
   * @param dead called once when no frame followed a ping
   */
  constructor(ping: () => void, dead: () => void) {
    this.#ping = ping;
    this.#dead = dead;
  }

  /** @param interval milliseconds of silence after which to ping */
  start(interval: number): void {
    this.stop();
    this.#interval = interval;
    this.#heard = Date.now();
    this.#wait(interval);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#interval = 0;
    this.#pinged = false;
  }

  /** A frame came: the connection lives. */
  heard(): void {
    if (this.#interval === 0) return;
    this.#heard = Date.now();
    if (!this.#pinged) return; // The timer finds out by itself; it is not set anew for each frame.
    this.#pinged = false;
    this.#wait(this.#interval);
  }

  /**
   * The page woke, or the network changed: pings at once and waits only shortly.
   *
   * @param always also when something was heard within the interval
   */
  probe(always: boolean): void {
    if (this.#interval === 0 || (!always && this.#silence() < this.#interval)) return;
    this.#pingWithin(SHORT_PATIENCE);
  }

  #silence(): number {
    const silence = Date.now() - this.#heard;
    return silence < 0 ? Infinity : silence; // The clock was set back, so nobody knows how long it has been.
  }

  #pingWithin(patience: number): void {
    this.#pinged = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.stop();
      this.#dead();
    }, patience);
    this.#ping();
  }

  #wait(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const silence = this.#silence();
      if (silence >= this.#interval) this.#pingWithin(PATIENCE);
      else this.#wait(this.#interval - silence);
    }, delay);
  }
}
