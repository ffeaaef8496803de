import { type SocketConstructor } from "./connection.js";
import type { Credential } from "./credential.js";
import type { Emit, StatusDetail } from "./events.js";
import type { Session } from "./session.js";
import type { Standing } from "./standing.js";
/** As of a WebSocket. */
export declare const ReadyState: {
    readonly connecting: 0;
    readonly open: 1;
    readonly closing: 2;
    readonly closed: 3;
};
export interface LineOptions {
    readonly url: string;
    readonly Socket: SocketConstructor;
    readonly credential: Credential | null;
    readonly session: Session;
    readonly emit: Emit;
    /** The line stands otherwise than before. */
    changed(detail: StatusDetail): void;
}
/** The way to the server: a WebSocket that is made anew after whatever closed it, until it is closed or refused. */
export declare class Line {
    #private;
    constructor(options: LineOptions);
    get readyState(): number;
    /**
     * Connects, and from then on comes back by itself. Hastens a planned attempt; does nothing while one is under way.
     *
     * @param others how far the other tabs are that the first connection is for
     */
    open(others?: readonly Standing[]): void;
    /** Begins to close; it stays closed. */
    close(code: number, reason: string): void;
    /** Ends at once and without a word: another tab has the socket, or the page is left. */
    drop(): void;
    /** The page woke up: comes back at once, or makes sure that the connection is alive. */
    wake(always: boolean): void;
    /** The server welcomed the connection. */
    welcomed(): void;
    /** The server accepted a credential that ends at `expires`, or never. */
    accepted(expires: string | null): void;
    /** Makes the connection anew, after a while. */
    restart(reason: string): void;
}
