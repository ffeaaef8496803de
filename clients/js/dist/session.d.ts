import type { Cursors } from "./cursors.js";
import { type Where } from "./encode.js";
import type { Emit } from "./events.js";
import type { ServerFrame, WelcomeFrame } from "./frames.js";
import { type Command } from "./outbox.js";
import { type Standing } from "./standing.js";
/** What a session asks of the client, which owns the connection. */
export interface SessionListener {
    readonly emit: Emit;
    /** The server welcomed the connection, which speaks for this person. */
    welcomed(user: string): void;
    /** The server accepted a credential that ends at `expires` (UTC, ISO 8601), or never. */
    accepted(expires: string | null): void;
    /** A frame came. Returns whether it is for this page. */
    arrived(frame: ServerFrame, text: string): boolean;
    /** The connection was resumed with the cursors of another person than this one, whom it speaks for: a new one is needed. */
    restart(user: string): void;
    /** The connection is open, and nobody is at its other end. */
    dead(): void;
}
/** What is said on a connection, and what is remembered from one connection to the next. */
export declare class Session {
    #private;
    constructor(cursors: Cursors, listener: SessionListener);
    get unread(): number;
    /** How far this page has handled each stream, the most important first. */
    get standing(): Standing;
    /** What a page has to know that joins now, as a welcome; null before the first one. */
    get present(): WelcomeFrame | null;
    /**
     * A connection is open: says hello.
     *
     * @param others how far the other tabs are that this connection is for; it resumes where the last of them is
     */
    begin(send: (text: string) => void, others?: readonly Standing[]): void;
    /** Another tab holds the socket: its welcome follows, and what is sent goes to that tab. */
    follow(send: (text: string) => void): void;
    /** The connection is gone. */
    end(): void;
    /** Stores and acknowledges what was handled so far. */
    save(): void;
    /** Makes sure, soon, that the connection is alive; without `always` only if nothing was heard for a while. */
    probe(always: boolean): void;
    /** Tells the server whether the page is seen, and where it is, if that is news. Of another tab's page it is told where that is. */
    look(where?: Where): void;
    /** Turns to this person, if it is another one than before. */
    turnTo(user: string): void;
    command(command: Command): void;
    /** The person has these before their eyes; ids that are none of a notification are a TypeError. */
    saw(ids: readonly string[]): void;
    received(text: string): void;
}
