/** Remembers the newest `capacity` ids, so that what comes through two streams is shown once. */
export class Seen {
  readonly #ids = new Set<string>();
  readonly #capacity: number;

  constructor(capacity = 1_000) {
    this.#capacity = capacity;
  }

  /** Notes the id as just seen. Returns true when it was not remembered yet. */
  add(id: string): boolean {
    const fresh = !this.#ids.delete(id);
    this.#ids.add(id); // A set iterates in the order of insertion: the first is the longest unseen.
    if (this.#ids.size > this.#capacity) {
      const [oldest] = this.#ids;
      if (oldest !== undefined) this.#ids.delete(oldest);
    }
    return fresh;
  }

  clear(): void {
    this.#ids.clear();
  }
}
