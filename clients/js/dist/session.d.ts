import type { Cursors } from "./cursors.js";
import type { Emit } from "./events.js";
import { type Command } from "./outbox.js";
/** What a session asks of the client, which owns the connection. */
export interface SessionListener {
    readonly emit: Emit;
    /** The server welcomed the connection. */
    welcomed(): void;
    /** The server accepted a credential that ends at `expires` (UTC, ISO 8601), or never. */
    accepted(expires: string | null): void;
    /** The connection was resumed with the wrong cursors: a new one is needed. */
    restart(): void;
    /** The connection is open, and nobody is at its other end. */
    dead(): void;
}
/** What is said on a connection, and what is remembered from one connection to the next. */
export declare class Session {
    #private;
    constructor(cursors: Cursors, listener: SessionListener);
    get unread(): number;
    /** A connection is open: says hello. */
    begin(send: (text: string) => void): void;
    /** The connection is gone. */
    end(): void;
    /** Stores and acknowledges what was handled so far. */
    save(): void;
    /** Makes sure, soon, that the connection is alive; without `always` only if nothing was heard for a while. */
    probe(always: boolean): void;
    /** Tells the server whether the page is seen, and where it is, if that is news. */
    look(): void;
    command(command: Command): void;
    /** The person has these before their eyes; ids that are none of a notification are a TypeError. */
    saw(ids: readonly string[]): void;
    received(text: string): void;
}
