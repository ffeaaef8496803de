import type { Seqs } from "./frames.js";

/** Knows when everything that was stored before a connection began has arrived on it. */
export class CatchUp {
  readonly #missing = new Map<string, number>();
  #done = true;

  /** A connection begins: each stream goes on from its cursor in `streams`, and its newest entry is in `heads`. */
  welcome(streams: Seqs, heads: Seqs): void {
    this.#missing.clear();
    this.#done = false;
    for (const [stream, head] of Object.entries(heads)) {
      if (head > (streams[stream] ?? 0)) this.#missing.set(stream, head);
    }
  }

  /** Notes how far a stream has come. */
  reached(stream: string, seq: number): void {
    if (seq >= (this.#missing.get(stream) ?? Infinity)) this.#missing.delete(stream);
  }

  /** True once for each connection: as soon as nothing is missing. */
  finished(): boolean {
    if (this.#done || this.#missing.size > 0) return false;
    this.#done = true;
    return true;
  }
}
