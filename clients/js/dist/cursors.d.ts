import type { Seqs } from "./frames.js";
/** The part of the Web Storage API that cursors need; `localStorage` is one. */
export interface CursorStorage {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
}
/** A storage that lasts as long as the page. */
export declare class MemoryStorage implements CursorStorage {
    #private;
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
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
export declare function createCursors(given: CursorStorage | undefined, url: string, user?: string | null): {
    /** The recipient whose cursors these are, or null before the first welcome. */
    readonly user: string | null;
    /** The epoch that the cursors belong to, or null when there are none. */
    readonly epoch: string | null;
    /** The cursors to resume from, the person's own stream and `everyone` before the topics. */
    resumeFrom(): [string, number][];
    /** True for an entry that was not handled yet. */
    isNew(stream: string, seq: number): boolean;
    /** Turns to another person's cursors, as they were saved. */
    switchTo: (next: string | null) => void;
    /**
     * Takes over what a welcome says: the streams that are carried, and from where each goes on. Where this page has come
     * further it stays there, unless told to `adopt` what is said: another tab was not as far, and is sent the rest.
     */
    welcomed(whom: string, inEpoch: string, streams: Seqs, adopt?: boolean): void;
    /** Notes an entry as handled. It is stored by the next `save`. */
    advance(stream: string, seq: number): void;
    /** Begins a stream at `seq`, unless it is carried already. */
    follow(stream: string, seq: number): void;
    /** Ends a stream. Followed again, it begins anew. */
    unfollow(stream: string): void;
    /**
     * Goes on from `seq`, which may be lower than the cursor so far. The storage follows at once: should another
     * page have come further since, the entries between are sent again to this one, which soon stores them again.
     */
    reset(stream: string, seq: number): void;
    save: (given?: Partial<Seqs>) => void;
};
