import type { StatusDetail } from "./events.js";
import type { Standing } from "./standing.js";
/** A page asks to connect, the network came back, or a page became visible. */
export type Waking = "connect" | "online" | "visible";
export interface TabsListener {
    /** This tab is to hold the socket from now on; the others have come so far. */
    lead(standings: readonly Standing[]): void;
    /** Another tab holds it. */
    follow(): void;
    /** How far this tab has come. */
    standing(): Standing;
    /** As the leader: what a tab that comes late has to know. */
    present(): {
        readonly status: StatusDetail;
        readonly text: string | null;
    };
    /** As a follower: a frame of the server. */
    frame(text: string): void;
    /** As a follower: how the leader's socket stands. */
    status(detail: StatusDetail): void;
    /** As the leader: a follower sent a frame; `answer` is a frame for it alone. */
    asked(text: string, answer: (text: string) => void): void;
    /** As the leader: a follower was woken. */
    woken(why: Waking): void;
}
/** Whether tabs can find each other here: in a page, and only in a secure context. */
export declare function canShare(): boolean;
/**
 * The tabs of this browser that show the same person's notifications. One of them leads: it holds the socket, and the
 * others live off it. Whoever holds the lock leads; a leader that does not answer loses it to a tab that asked.
 */
export declare class Tabs {
    #private;
    /** @param name tells apart what must not be shared: the address, and the person */
    constructor(name: string, listener: TabsListener);
    get leads(): boolean;
    /** As the leader: to all. */
    tell(message: {
        readonly text: string;
    } | {
        readonly status: StatusDetail;
    }): void;
    /** As a follower: to the leader. */
    ask(message: {
        readonly text: string;
    } | {
        readonly wake: Waking;
    }): void;
    /** As a follower: the leader is not alive. */
    depose(): void;
    /** This tab is none of them any more. */
    leave(): void;
}
