import type { StateDetail } from "./events.js";
import type { Seqs } from "./frames.js";

interface Arrival {
  /** Every place where the notification came through, as far as it was seen. */
  readonly places: Map<string, number>;
  read: boolean;
}

/**
 * How many notifications are unread. The server's number counts entries up to its `heads`; what came beyond
 * them is added here, each notification once, however many streams it came through. Arrivals are remembered
 * because a count may come that was taken before some of them, or after, and either must add up.
 */
export class Unread {
  readonly #arrivals = new Map<string, Arrival>();
  readonly #capacity: number;
  #counted = 0;
  #heads = new Map<string, number>();

  /** @param capacity how many arrivals are remembered */
  constructor(capacity = 1_000) {
    this.#capacity = capacity;
  }

  /** The number of unread notifications. */
  get count(): number {
    let beyond = 0;
    for (const arrival of this.#arrivals.values()) {
      if (!arrival.read && !this.#isCounted(arrival)) beyond += 1;
    }
    return this.#counted + beyond;
  }

  /** A connection begins: its number holds, and nothing has come beyond it. */
  welcome(unread: number, heads: Seqs): void {
    this.#arrivals.clear();
    this.#counted = unread;
    this.#heads = new Map(Object.entries(heads));
  }

  /** The server has counted anew. */
  state({ unread, heads, read, all, unmarked }: StateDetail): void {
    this.#counted = unread;
    // A stream that was joined after the server counted is not among its heads: it keeps the one it joined at.
    for (const [stream, seq] of Object.entries(heads)) this.#heads.set(stream, seq);
    if (all) {
      for (const arrival of this.#arrivals.values()) {
        if (this.#isCounted(arrival)) arrival.read = true;
      }
    }
    this.#mark(read, true);
    this.#mark(unmarked, false);
  }

  /** A stream joins the connection at `seq`; a head that is known already stays. */
  follow(stream: string, seq: number): void {
    if (!this.#heads.has(stream)) this.#heads.set(stream, seq);
  }

  /** A stream leaves the connection. */
  unfollow(stream: string): void {
    this.#heads.delete(stream);
  }

  /** An entry arrived. */
  arrived(stream: string, seq: number, id: string): void {
    const known = this.#arrivals.get(id);
    if (known !== undefined) {
      known.places.set(stream, seq);
      return;
    }
    this.#arrivals.set(id, { places: new Map([[stream, seq]]), read: false });
    if (this.#arrivals.size > this.#capacity) this.#forgetOldest();
  }

  #mark(ids: readonly string[], read: boolean): void {
    for (const id of ids) {
      const arrival = this.#arrivals.get(id);
      if (arrival !== undefined) arrival.read = read;
    }
  }

  #forgetOldest(): void {
    for (const [id, arrival] of this.#arrivals) {
      // What is forgotten keeps its place in the number until the server counts again.
      if (!arrival.read && !this.#isCounted(arrival)) this.#counted += 1;
      this.#arrivals.delete(id);
      return;
    }
  }

  #isCounted(arrival: Arrival): boolean {
    for (const [stream, seq] of arrival.places) {
      if (seq <= (this.#heads.get(stream) ?? 0)) return true;
    }
    return false;
  }
}
