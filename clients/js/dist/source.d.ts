import type { Emit, Status, StatusDetail } from "./events.js";
import type { ServerFrame } from "./frames.js";
import { type LineOptions } from "./line.js";
import type { Session, SessionListener } from "./session.js";
import type { Standing } from "./standing.js";
import { type TabsListener, type Waking } from "./tabs.js";
export interface SourceOptions extends Omit<LineOptions, "changed" | "session"> {
    /** Whether tabs may share a socket. */
    readonly shared: boolean;
    /** Asks whom the credential speaks for. */
    identify(): Promise<string>;
}
/**
 * Where frames come from: a socket of this tab's own, or the tab that holds the one socket of all. Only tabs of the same
 * person share, at the same address; who that is is asked before, and checked with each welcome.
 */
export declare class Source implements SessionListener, TabsListener {
    #private;
    constructor(options: SourceOptions);
    /** The session that handles the frames. Once, at the beginning. */
    serve(session: Session): void;
    get emit(): Emit;
    get readyState(): number;
    get currentStatus(): Status;
    /** Whether this tab holds the socket. */
    get leads(): boolean;
    /** Whether this is the tab that the person looks at. */
    get inFront(): boolean;
    connect(): void;
    close(code: number, reason: string): void;
    /** The page is left: another tab has the socket from now on. */
    suspend(): void;
    wake(why: Waking): void;
    /** Tells the server where the person is, if this is the tab in front, or was until it was hidden. */
    look(): void;
    arrived(frame: ServerFrame, text: string): boolean;
    welcomed(user: string): void;
    accepted(expires: string | null): void;
    restart(user: string): void;
    dead(): void;
    lead(standings: readonly Standing[]): void;
    follow(): void;
    standing(): Standing;
    present(): {
        status: StatusDetail;
        text: string | null;
    };
    frame(text: string): void;
    status(detail: StatusDetail): void;
    asked(text: string, answer: (text: string) => void): void;
    woken(why: Waking): void;
}
