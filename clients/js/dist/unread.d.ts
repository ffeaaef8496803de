import type { StateDetail } from "./events.js";
import type { Seqs } from "./frames.js";
/**
 * How many notifications are unread. The server's number counts entries up to its `heads`; what came beyond
 * them is added here, each notification once, however many streams it came through. Arrivals are remembered
 * because a count may come that was taken before some of them, or after, and either must add up.
 */
export declare class Unread {
    #private;
    /** @param capacity how many arrivals are remembered */
    constructor(capacity?: number);
    /** The number of unread notifications. */
    get count(): number;
    /** A connection begins: its number holds, and nothing has come beyond it. */
    welcome(unread: number, heads: Seqs): void;
    /** The server has counted anew. */
    state({ unread, heads, read, all, unmarked }: StateDetail): void;
    /** A stream joins the connection at `seq`; a head that is known already stays. */
    follow(stream: string, seq: number): void;
    /** A stream leaves the connection. */
    unfollow(stream: string): void;
    /** An entry arrived. */
    arrived(stream: string, seq: number, id: string): void;
}
