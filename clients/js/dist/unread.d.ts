import type { StateDetail } from "./events.js";
import type { Seqs } from "./frames.js";
/**
 * What arrived, and how many notifications are unread. The server's number counts entries up to its `heads`; what came beyond
 * them is added here, each notification once, however many streams it came through. Arrivals are remembered
 * because a count may come that was taken before some of them, or after, and either must add up.
 *
 * @param capacity how many arrivals are remembered
 */
export declare function createUnread(capacity?: number): {
    /** The number of unread notifications. */
    readonly count: number;
    /** A connection begins: its number holds, and nothing has come beyond it. */
    welcomed(unread: number, newest: Seqs): void;
    /** The server has counted anew. */
    state({ unread, heads: newest, read, unmarked }: StateDetail): void;
    /** A stream joins the connection at `seq`; a head that is known already stays. */
    follow(stream: string, seq: number): void;
    /** An entry arrived. Returns whether it is the first of its notification, as far as is remembered. */
    arrived(stream: string, seq: number, id: string): boolean;
    /** Forgets everything: someone else is signed in. */
    forget(): void;
};
