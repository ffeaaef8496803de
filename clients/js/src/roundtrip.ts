// Pings that were not answered for so long will not be: the watchdog has ended the connection by then.
const MAX_WAITING = 16;

/** How long pings wait for their pongs, which come in the same order. In milliseconds of a clock that is never set. */
export class RoundTrip {
  #sent: number[] = [];
  #last: number | null = null;

  /** The newest that was measured, or null. */
  get last(): number | null {
    return this.#last;
  }

  /** Whether every ping was answered. */
  get isQuiet(): boolean {
    return this.#sent.length === 0;
  }

  pinged(): void {
    if (this.#sent.length < MAX_WAITING) this.#sent.push(performance.now());
  }

  ponged(): void {
    const sent = this.#sent.shift();
    if (sent !== undefined) this.#last = performance.now() - sent;
  }

  /** Another connection has another round trip. */
  clear(): void {
    this.#sent = [];
    this.#last = null;
  }
}
