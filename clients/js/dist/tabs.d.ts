import type { StatusDetail } from "./events.js";
import type { Waking } from "./source.js";
import type { Standing } from "./standing.js";
/** What the leader says of the socket; `text` is the welcome of a tab that comes late. */
interface Present {
    readonly status: StatusDetail;
    readonly text?: string;
}
export interface TabsListener {
    /** This tab is to hold the socket from now on; the others have come so far. */
    lead(standings: readonly Standing[]): void;
    /** Another tab holds it. */
    follow(): void;
    /** How far this tab has come. */
    standing(): Standing;
    /** As the leader: what a tab that comes late has to know. */
    present(): Present;
    /** As a follower: a frame of the server. */
    frame(text: string): void;
    /** As a follower: how the leader's socket stands. */
    status(detail: StatusDetail): void;
    /** As the leader: a follower sent a frame; `answer` is a frame for it alone. */
    asked(text: string, answer: (text: string) => void): void;
    /** As the leader: a follower was woken. */
    woken(why: Waking): void;
}
export type Tabs = ReturnType<typeof createTabs>;
/**
 * The tabs of this browser that show the same person's notifications. One of them leads: it holds the socket, and the
 * others live off it. Whoever holds the lock leads; a leader that does not answer loses it to a tab that asked.
 *
 * @param group tells apart what must not be shared: the address, and the person
 */
export declare function createTabs(group: string, listener: TabsListener): {
    depose: () => void;
    readonly leads: boolean;
    /** As the leader: to all. */
    tell: (message: {
        readonly text: string;
    } | {
        readonly status: StatusDetail;
    }) => void;
    /** As a follower: to the leader. */
    ask(message: {
        readonly text: string;
    } | {
        readonly why: Waking;
    }): void;
    /** This tab is none of them any more. */
    leave(): void;
};
export {};
