import type { Seqs } from "./frames.js";

/** The part of the Web Storage API that cursors need; `localStorage` is one. */
export interface CursorStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

interface Saved {
  readonly epoch: string;
  readonly cursors: Map<string, number>;
}

/** A storage that lasts as long as the page. */
export class MemoryStorage implements CursorStorage {
  readonly #items = new Map<string, string>();

  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }
}

/** The browser's `localStorage`, or memory where there is none or the person forbids it. */
export function defaultStorage(): CursorStorage {
  try {
    // Reading the property alone throws where storage is blocked; Node has one that needs a file.
    const storage = globalThis.localStorage as Storage | undefined;
    if (storage !== undefined && typeof storage.getItem === "function") return storage;
  } catch {
    // Blocked: the page still works, and starts at each load where the person's browsers left off.
  }
  return new MemoryStorage();
}

/**
 * How far each stream was handled, for one person at one address.
 *
 * Each page has cursors of its own, in memory, for its reconnects. The storage is shared by all pages of the
 * browser and serves the next page load: within an epoch a stored cursor only rises, so that a page which is
 * behind never takes back what another has shown; only {@link Cursors.reset} lowers it.
 */
export class Cursors {
  readonly #storage: CursorStorage;
  readonly #url: string;
  #user: string | null;
  #epoch: string | null = null;
  #handled = new Map<string, number>();
  readonly #unsaved = new Set<string>();

  /**
   * @param url the socket's address, which the cursors belong to
   * @param user the recipient, or null for the one who was here last
   */
  constructor(storage: CursorStorage, url: string, user: string | null) {
    this.#storage = storage;
    this.#url = url;
    this.#user = user ?? this.#read(this.#lastUserKey());
    this.#load();
  }

  /** The recipient whose cursors these are, or null before the first welcome. */
  get user(): string | null {
    return this.#user;
  }

  /** The epoch that the cursors belong to, or null when there are none. */
  get epoch(): string | null {
    return this.#epoch;
  }

  /** The cursors to resume from, the person's own stream and `everyone` before the topics. */
  resume(): [string, number][] {
    const rank = (stream: string): number => (stream.startsWith("user:") ? 0 : stream === "everyone" ? 1 : 2);
    return [...this.#handled].sort(([a], [b]) => rank(a) - rank(b));
  }

  /** True for an entry that was not handled yet. */
  isNew(stream: string, seq: number): boolean {
    return seq > (this.#handled.get(stream) ?? 0);
  }

  /** Turns to another person's cursors, as they were saved. */
  switchTo(user: string): void {
    this.#user = user;
    this.#load();
  }

  /**
   * Takes over what a welcome says: the streams that are carried, and from where each goes on. Where this page has come
   * further it stays there, unless told to `adopt` what is said: another tab was not as far, and is sent the rest.
   */
  welcome(user: string, epoch: string, streams: Seqs, adopt = false): void {
    const before = user === this.#user && epoch === this.#epoch && !adopt ? this.#handled : new Map<string, number>();
    this.#user = user;
    this.#epoch = epoch;
    this.#handled = new Map(
      Object.entries(streams).map(([stream, seq]) => [stream, Math.max(seq, before.get(stream) ?? 0)]),
    );
    this.#unsaved.clear();
    this.#write(this.#lastUserKey(), user);
    const saved = this.#saved();
    const cursors = new Map(this.#handled); // Streams that are carried no more are dropped from the storage.
    if (saved?.epoch === epoch) {
      for (const [stream, seq] of cursors) cursors.set(stream, Math.max(seq, saved.cursors.get(stream) ?? 0));
    }
    this.#store(cursors);
  }

  /** Notes an entry as handled. It is stored at the next {@link Cursors.save}. */
  advance(stream: string, seq: number): void {
    if (!this.isNew(stream, seq)) return;
    this.#handled.set(stream, seq);
    this.#unsaved.add(stream);
  }

  /** Begins a stream at `seq`, unless it is carried already. */
  follow(stream: string, seq: number): void {
    if (this.#handled.has(stream)) return;
    this.#handled.set(stream, seq);
    this.#unsaved.add(stream);
    this.save();
  }

  /** Ends a stream. Followed again, it begins anew. */
  unfollow(stream: string): void {
    this.#handled.delete(stream);
    this.#unsaved.delete(stream);
    const saved = this.#saved();
    if (saved?.epoch === this.#epoch && saved?.cursors.delete(stream)) this.#store(saved.cursors);
  }

  /**
   * Goes on from `seq`, which may be lower than the cursor so far. The storage follows at once: should another
   * page have come further since, the entries between are sent again to this one, which soon stores them again.
   */
  reset(stream: string, seq: number): void {
    this.#handled.set(stream, seq);
    this.#unsaved.delete(stream);
    const saved = this.#saved();
    if (saved === null || saved.epoch === this.#epoch) this.#store(new Map(saved?.cursors).set(stream, seq));
  }

  /** Stores what was handled since the last time. */
  save(): void {
    if (this.#unsaved.size === 0) return;
    const saved = this.#saved();
    const unsaved = [...this.#unsaved];
    this.#unsaved.clear();
    // Another page was welcomed into a newer epoch: the cursors of this one mean nothing there.
    if (saved !== null && saved.epoch !== this.#epoch) return;
    const cursors = new Map(saved?.cursors);
    for (const stream of unsaved) {
      cursors.set(stream, Math.max(this.#handled.get(stream) ?? 0, cursors.get(stream) ?? 0));
    }
    this.#store(cursors);
  }

  #load(): void {
    const saved = this.#saved();
    this.#epoch = saved?.epoch ?? null;
    this.#handled = saved?.cursors ?? new Map();
    this.#unsaved.clear();
  }

  /** What the storage holds for this person; null when nothing, or nothing that can be understood. */
  #saved(): Saved | null {
    const text = this.#user === null ? null : this.#read(this.#cursorsKey(this.#user));
    if (text === null) return null;
    try {
      const value: unknown = JSON.parse(text);
      const { epoch, cursors } = value as { epoch: unknown; cursors: unknown };
      if (typeof epoch !== "string" || typeof cursors !== "object" || cursors === null) return null;
      const valid = Object.entries(cursors).filter(([, seq]) => Number.isSafeInteger(seq) && seq >= 0);
      return { epoch, cursors: new Map(valid) };
    } catch {
      return null;
    }
  }

  #store(cursors: Map<string, number>): void {
    if (this.#user === null || this.#epoch === null) return;
    const text = JSON.stringify({ epoch: this.#epoch, cursors: Object.fromEntries(cursors) });
    this.#write(this.#cursorsKey(this.#user), text);
  }

  // An address holds no blank, so that no two pairs of address and user share a key.
  #cursorsKey(user: string): string {
    return `notifier:cursors ${this.#url} ${user}`;
  }

  #lastUserKey(): string {
    return `notifier:user ${this.#url}`;
  }

  #read(key: string): string | null {
    try {
      return this.#storage.getItem(key);
    } catch {
      return null;
    }
  }

  #write(key: string, value: string): void {
    try {
      this.#storage.setItem(key, value);
    } catch {
      // The storage is full or blocked: the cursors in memory still serve this page's reconnects.
    }
  }
}
