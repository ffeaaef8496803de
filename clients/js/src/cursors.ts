import type { Seqs } from "./frames.js";
import { fault } from "./parse.js";

/** The part of the Web Storage API that cursors need; `localStorage` is one. */
export interface CursorStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
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

export type Cursors = ReturnType<typeof createCursors>;

/**
 * How far each stream was handled, for one person at one address.
 *
 * Each page has cursors of its own, in memory, for its reconnects. The storage is shared by all pages of the
 * browser and serves the next page load: within an epoch a stored cursor only rises, so that a page which is
 * behind never takes back what another has shown; only `reset` lowers it.
 *
 * @param given where they are kept; `localStorage` where there is one and the person does not forbid it
 * @param url the socket's address, which the cursors belong to
 * @param user the recipient, or null for the one who was here last
 */
export function createCursors(given: CursorStorage | undefined, url: string, user?: string | null) {
  let epoch: string | null = null;
  let handled: Record<string, number> = {};

  // Where storage is blocked or full, reading the property alone may throw: the cursors in memory still serve this page's reconnects.
  const access = <Result>(use: (storage: CursorStorage) => Result): Result | null => {
    try {
      return use(given ?? localStorage);
    } catch {
      return null;
    }
  };
  const lastUser = `notifier:user ${url}`;
  // An address holds no blank, so that no two pairs of address and user share a key.
  const key = (): string => `notifier:cursors ${url} ${user}`;

  /** What the storage holds for this person; nothing when it cannot be understood. */
  const saved = (): { epoch: string | null; cursors: Record<string, number> } =>
    access((storage) => {
      const found = JSON.parse(storage.getItem(key())!);
      return fault(found, "epoch cursors:o") || !Object.values(found.cursors).every(Number.isSafeInteger) ? null : found;
    }) ?? { epoch: null, cursors: {} };

  const store = (cursors: Partial<Seqs>): void => {
    access((storage) => storage.setItem(key(), JSON.stringify({ epoch, cursors })));
  };

  /**
   * Stores what was handled, and of some streams just what is given; but nothing before the first welcome, or when another
   * page was welcomed into another epoch: the cursors of this one mean nothing there.
   */
  const save = (given: Partial<Seqs> = {}): void => {
    const before = saved();
    if (epoch && epoch === (before.epoch ?? epoch)) store({ ...before.cursors, ...higher(handled, before.cursors), ...given });
  };

  const switchTo = (next: string | null): void => {
    user = next;
    ({ epoch, cursors: handled } = saved());
  };
  switchTo(user ?? access((storage) => storage.getItem(lastUser)));

  return {
    /** The recipient whose cursors these are, or null before the first welcome. */
    get user() {
      return user as string | null;
    },

    /** The epoch that the cursors belong to, or null when there are none. */
    get epoch() {
      return epoch;
    },

    /** The cursors to resume from, the person's own stream and `everyone` before the topics. */
    resumeFrom(): [string, number][] {
      const isTopic = (stream: string): number => +/^topic:/.test(stream);
      return Object.entries(handled).sort(([a], [b]) => isTopic(a) - isTopic(b));
    },

    /** True for an entry that was not handled yet. */
    isNew(stream: string, seq: number): boolean {
      return seq > (handled[stream] ?? 0);
    },

    /** Turns to another person's cursors, as they were saved. */
    switchTo,

    /**
     * Takes over what a welcome says: the streams that are carried, and from where each goes on. Where this page has come
     * further it stays there, unless told to `adopt` what is said: another tab was not as far, and is sent the rest.
     */
    welcomed(whom: string, inEpoch: string, streams: Seqs, adopt = false): void {
      handled = higher(streams, whom === user && inEpoch === epoch && !adopt ? handled : {});
      user = whom;
      epoch = inEpoch;
      access((storage) => storage.setItem(lastUser, whom));
      const before = saved();
      // Streams that are carried no more are dropped from the storage.
      store(higher(handled, before.epoch === epoch ? before.cursors : {}));
    },

    /** Notes an entry as handled. It is stored by the next `save`. */
    advance(stream: string, seq: number): void {
      handled[stream] = Math.max(seq, handled[stream] ?? 0);
    },

    /** Begins a stream at `seq`, unless it is carried already. */
    follow(stream: string, seq: number): void {
      handled[stream] ??= seq;
      save();
    },

    /** Ends a stream. Followed again, it begins anew. */
    unfollow(stream: string): void {
      delete handled[stream];
      save({ [stream]: undefined });
    },

    /**
     * Goes on from `seq`, which may be lower than the cursor so far. The storage follows at once: should another
     * page have come further since, the entries between are sent again to this one, which soon stores them again.
     */
    reset(stream: string, seq: number): void {
      handled[stream] = seq;
      save({ [stream]: seq });
    },

    save,
  };
}

/** Each of these cursors, or the one in `floor` where that is higher. */
const higher = (cursors: Seqs, floor: Seqs): Record<string, number> => {
  return Object.fromEntries(Object.entries(cursors).map(([stream, seq]) => [stream, Math.max(seq, floor[stream] ?? 0)]));
};
